#!/usr/bin/env bash
# A client beside connections without a valid token, and beside the same flood on a port of another program:
# benchmarks/flood/run.sh [hang|rst|part|read...]. Needs gcc, make native and make emulator. All on loopback.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
gcc -O2 -pthread -o "$folder/flood" benchmarks/flood/flood.c
gcc -O2 -o "$folder/client" benchmarks/flood/client.c
artifacts/emulator/credential-sidecar-emulator --agent-port 9401 --sts-port 9402 --control-port 9403 --credentials-id x >/dev/null &
started+=($!)
sleep 1
export TOKEN=0123456789abcdef0123456789abcdef
env AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_STS=http://127.0.0.1:9402 AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9401/v2/credentials/x \
  SIDECAR_ROLE_ARN=arn:aws:iam::555566667777:role/reports SIDECAR_EXTERNAL_ID=orders-7f3a SIDECAR_TOKEN=$TOKEN artifacts/native/credential-sidecar >"$folder/log" &
started+=($!)
sidecar=$!
python3 -c 'import socket
s = socket.create_server(("127.0.0.1", 9404), backlog=4096)
while True: s.accept()[0].close()' &
started+=($!)
sleep 2

# beside PORT MODE
beside() {
  for kind in new keep; do
    "$folder/flood" 127.0.0.1 "$1" 4 8 "$2" &
    local flood=$!
    sleep 0.5
    "$folder/client" 127.0.0.1 9170 6 $kind
    wait $flood
  done
}

echo "alone:"
"$folder/client" 127.0.0.1 9170 5 new
echo "beside a flood of another program:"
beside 9404 hang

for mode in "${@:-hang}"; do
  echo "beside a flood of the sidecar:"
  beside 9170 "$mode"
  awk '/VmRSS/ {print "resident: " $2 " kB"}' "/proc/$sidecar/status"
done
