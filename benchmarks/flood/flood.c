/* Opens connections as fast as it can, sends a request with a wrong token and hangs up:
   flood IP PORT THREADS SECONDS hang|rst|part|read. "rst" resets, "part" sends half a request, "read" reads the answer. */
#include <arpa/inet.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

static const char request[] = "GET /v1/credentials HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: wrong\r\n\r\n";
static struct sockaddr_in server;
static const char *mode;
static int ended;
static long opened, failed;

static void *flood(void *unused) {
  char answer[4096];

  while (!__atomic_load_n(&ended, __ATOMIC_RELAXED)) {
    int s = socket(AF_INET, SOCK_STREAM, 0);

    if (connect(s, (struct sockaddr *)&server, sizeof server) != 0) {
      __atomic_add_fetch(&failed, 1, __ATOMIC_RELAXED);
      close(s);
      continue;
    }

    send(s, request, strcmp(mode, "part") == 0 ? 20 : sizeof request - 1, MSG_NOSIGNAL);

    while (strcmp(mode, "read") == 0 && recv(s, answer, sizeof answer, 0) > 0) {
    }

    if (strcmp(mode, "rst") == 0) {
      struct linger reset = {1, 0};
      setsockopt(s, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    }

    close(s);
    __atomic_add_fetch(&opened, 1, __ATOMIC_RELAXED);
  }

  return unused;
}

int main(int count, char **words) {
  pthread_t threads[64];

  if (count != 6 || atoi(words[3]) > 64 || strncmp(words[1], "127.", 4) != 0) {
    fprintf(stderr, "flood 127.0.0.1 PORT THREADS SECONDS hang|rst|part|read\n");
    return 64;
  }

  server.sin_family = AF_INET;
  inet_aton(words[1], &server.sin_addr);
  server.sin_port = htons(atoi(words[2]));
  mode = words[5];

  for (int i = 0; i < atoi(words[3]); i++) pthread_create(threads + i, NULL, flood, NULL);

  sleep(atoi(words[4]));
  ended = 1;
  printf("flood %s: %ld connections a second, %ld failed\n", mode, opened / atoi(words[4]), failed);
  return 0;
}
