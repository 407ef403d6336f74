#!/usr/bin/env bash
# How long a start takes with many destinations, and what each of them occupies: benchmarks/scale/run.sh [COUNT...]. Needs make
# native and make emulator. STS answers after 250 ms. All on loopback.
set -euo pipefail
cd "$(dirname "$0")/../.."
folder=$(mktemp -d)
started=()
trap 'kill "${started[@]}" 2>/dev/null || true; wait; rm -rf "$folder"' EXIT
python3 benchmarks/scale/sts.py 9502 0.25 &
started+=($!)
artifacts/emulator/credential-sidecar-emulator --agent-port 9503 --sts-port 9504 --control-port 9505 --credentials-id x >/dev/null &
started+=($!)
sleep 1

now() { date +%s%3N; }
resident() { awk '/VmRSS/ {print $2}' "/proc/$1/status"; }

printf '%-8s %12s %14s %14s %14s\n' count 'port, ms' 'healthz, ms' 'at port, kB' 'at healthz, kB'

for count in "${@:-1 10 100 1000 3000}"; do
  for n in $count; do
    python3 -c 'import json, sys
print(json.dumps({"Destinations": {f"d{i}": {"Hops": [{"RoleArn": f"arn:aws:iam::{100000000000 + i}:role/reports"}]} for i in range(int(sys.argv[1]))}}))' "$n" >"$folder/config.json"
    begin=$(now)
    env -i PATH="$PATH" AWS_REGION=eu-central-1 AWS_ENDPOINT_URL_STS=http://127.0.0.1:9502 \
      AWS_CONTAINER_CREDENTIALS_FULL_URI=http://127.0.0.1:9503/v2/credentials/x SIDECAR_TOKEN=0123456789abcdef0123456789abcdef \
      SIDECAR_PORT=9500 SIDECAR_HEALTH_PORT=9501 SIDECAR_DRAIN=0s \
      artifacts/native/credential-sidecar --config "$folder/config.json" >"$folder/log" &
    sidecar=$!
    until curl -s -o /dev/null http://127.0.0.1:9501/livez; do sleep 0.005; done
    port=$(($(now) - begin)) before=$(resident $sidecar)
    until curl -sf -o /dev/null http://127.0.0.1:9501/healthz; do sleep 0.05; done
    printf '%-8s %12s %14s %14s %14s\n' "$n" "$port" $(($(now) - begin)) "$before" "$(resident $sidecar)"
    kill $sidecar
    wait $sidecar || true
  done
done
