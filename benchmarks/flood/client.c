/* Requests credentials every 10 ms and prints quantiles: client IP PORT SECONDS new|keep, with the token in TOKEN.
   "new" opens a connection for each request. */
#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static double now(void) {
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  return t.tv_sec * 1e3 + t.tv_nsec / 1e6;
}

static int compare(const void *a, const void *b) {
  return (*(double *)a > *(double *)b) - (*(double *)a < *(double *)b);
}

int main(int count, char **words) {
  static double took[100000];
  struct sockaddr_in server = {.sin_family = AF_INET};
  char request[1024], answer[16384];
  int s = -1, served = 0, failed = 0;

  if (count != 5 || getenv("TOKEN") == NULL) {
    fprintf(stderr, "TOKEN=… client IP PORT SECONDS new|keep\n");
    return 64;
  }

  inet_aton(words[1], &server.sin_addr);
  server.sin_port = htons(atoi(words[2]));
  int length = snprintf(request, sizeof request, "GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: %s\r\n\r\n", getenv("TOKEN"));

  for (double end = now() + 1e3 * atoi(words[3]); now() < end && served < 100000;) {
    double began = now();

    if (s < 0) {
      s = socket(AF_INET, SOCK_STREAM, 0);
      connect(s, (struct sockaddr *)&server, sizeof server);
    }

    send(s, request, length, MSG_NOSIGNAL);
    int ok = recv(s, answer, sizeof answer, 0) > 12 && memcmp(answer + 9, "200", 3) == 0;

    if (ok) took[served++] = now() - began;
    else failed++;

    if (!ok || strcmp(words[4], "new") == 0) {
      close(s);
      s = -1;
    }

    double left = 10 - (now() - began);
    if (left > 0) usleep(left * 1000);
  }

  qsort(took, served, sizeof *took, compare);
  printf("client %s: %d served, %d failed, median %.2f, 99 %% %.2f, longest %.2f ms\n", words[4], served, failed,
         served ? took[served / 2] : 0, served ? took[served * 99 / 100] : 0, served ? took[served - 1] : 0);
  return 0;
}
