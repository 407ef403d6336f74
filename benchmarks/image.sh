#!/usr/bin/env bash
# Size, start, memory and throughput of the sidecar's image beside nginx: benchmarks/image.sh [settings]. Needs a container engine
# (.ci/engine run benchmarks/image.sh) and what .ci/image/build needs. It judges nothing; benchmarks/README.md keeps what it printed.
# With `settings` it tries ways to set the garbage collector instead.
set -euo pipefail
cd "$(dirname "$0")/.."
name=credential-sidecar-test
run=bench-$$
seconds=${BENCHMARK_SECONDS:-10}
[ -n "$(docker images -q $name/sidecar)" ] || .ci/image/build >/dev/null
trap 'docker ps -aq --filter "name=$run-" | xargs -r docker rm -f -v >/dev/null; docker volume rm -f $run >/dev/null' EXIT

quiet() { docker run -d "$@" >/dev/null; }
milliseconds() { echo $(($(date +%s%N) / 1000000)); }
# The kernel's count for the container's first process: of RAM that it occupies, and of what no file backs.
memory() { awk '/VmRSS|VmHWM|RssAnon/ { printf "%s %.1f MB  ", $1, $2 / 1024 }' "/proc/$(docker inspect -f '{{.State.Pid}}' "$1")/status"; }
joined=(--network "container:$run-pause")
hardened=("${joined[@]}" --read-only --cap-drop ALL --memory 64m --memory-swap 64m)

# serve NAME OPTIONS...: starts a sidecar, and prints how long after `docker run` a session is served.
serve() {
  local label=$1 start
  shift
  start=$(milliseconds)
  quiet --name "$run-$label" "${hardened[@]}" -v "$run:/credential-sidecar" --no-healthcheck \
    -e SIDECAR_ROLE_ARN=arn:aws:iam::555566667777:role/reports -e SIDECAR_EXTERNAL_ID=orders-7f3a \
    -e SIDECAR_SOURCE_ENDPOINT=http://127.0.0.1:51679 -e AWS_CONTAINER_CREDENTIALS_RELATIVE_URI=/v2/credentials/bench \
    -e SIDECAR_TOKEN=3f0e6a7c1b8d49e2a5c4f7089d1e2b36 -e SIDECAR_Access__RequestsPerSecond=100000 \
    -e AWS_REGION=eu-central-1 -e AWS_ENDPOINT_URL_STS=http://127.0.0.1:51680 "$@" $name/sidecar
  docker exec "$run-pause" timeout 60 bash -c 'until curl -sf -o /dev/null -H "Authorization: 3f0e6a7c1b8d49e2a5c4f7089d1e2b36" http://127.0.0.1:9170/v1/credentials/default; do sleep 0.005; done'
  echo "first session $(($(milliseconds) - start)) ms after docker run, the engine's own time included"
}

load() {
  docker exec "$run-pause" wrk -t 1 -c 32 -d "${seconds}s" --latency -H 'Authorization: 3f0e6a7c1b8d49e2a5c4f7089d1e2b36' "$1" |
    awk '/Requests\/sec/ { r = $2 } / 50% / { a = $2 } / 99% / { b = $2 } /Non-2xx/ { n = $NF } END { printf "%s requests/s, median %s, 99%% %s, refused %d\n", r, a, b, n }'
}

measure() {
  local label=$1
  sleep 2
  echo "  idle    $(memory "$run-$label")"
  echo "  load    $(load "$2")"
  echo "  loaded  $(memory "$run-$label")"
  docker stop -t 1 "$run-$label" >/dev/null
}

quiet --name "$run-pause" --network none $name/client sleep 3600
quiet --name "$run-emulator" "${joined[@]}" $name/emulator --agent-port 51679 --sts-port 51680 --credentials-id bench

if [ "${1-}" = settings ]; then
  try() { echo "$*"; serve "s$((++count))" $(printf ' -e %s' "$@"); measure "s$count" http://127.0.0.1:9170/v1/credentials/default; }
  count=0
  try DOTNET_gcServer=1
  try DOTNET_gcServer=0
  try DOTNET_gcServer=0 DOTNET_GCConserveMemory=5
  try DOTNET_gcServer=0 DOTNET_GCHeapHardLimit=0x2000000
  try DOTNET_gcServer=0 DOTNET_GCgen0size=0x400000
  try DOTNET_gcServer=0 DOTNET_GCgen0size=0x100000 DOTNET_GCHeapHardLimit=0x2000000
  exit
fi

echo "$(date -u +%F), $(nproc) cores, $(docker version -f '{{.Server.Version}}'), load $(cut -d' ' -f1 /proc/loadavg)"
for image in sidecar init emulator runtime; do
  docker image inspect -f "$image: {{.Size}} bytes in {{len .RootFS.Layers}} layers" $name/$image
done
docker history --no-trunc --format '  {{.Size}} {{.CreatedBy}}' $name/sidecar | awk '$1 != "0B"' | cut -c 1-100
echo 'sidecar, 64 MB'
serve sidecar
bytes=$(docker exec "$run-pause" curl -s -H 'Authorization: 3f0e6a7c1b8d49e2a5c4f7089d1e2b36' http://127.0.0.1:9170/v1/credentials/default | wc -c)
measure sidecar http://127.0.0.1:9170/v1/credentials/default

body=$(printf '%*s' "$bytes" '' | tr ' ' x)
echo "nginx with one worker and $bytes bytes, as the sidecar's answer has, 64 MB"
quiet --name "$run-nginx" "${joined[@]}" --user 65534 --memory 64m --memory-swap 64m $name/client bash -c "
  echo 'pid /tmp/pid; daemon off; master_process off; error_log /dev/null; events {} http { access_log off; keepalive_requests 1000000;
    client_body_temp_path /tmp/1; proxy_temp_path /tmp/2; fastcgi_temp_path /tmp/3; uwsgi_temp_path /tmp/4; scgi_temp_path /tmp/5;
    server { listen 127.0.0.1:8080; location / { default_type application/json; return 200 \"$body\"; } } }' >/tmp/nginx.conf
  exec nginx -c /tmp/nginx.conf"
docker exec "$run-pause" timeout 20 bash -c 'until curl -sf -o /dev/null http://127.0.0.1:8080/; do sleep 0.02; done'
measure nginx http://127.0.0.1:8080/
