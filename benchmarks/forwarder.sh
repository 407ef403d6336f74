#!/usr/bin/env bash
# The cost of credential-launch --forward: the same load directly at the port and through the forwarder, one after the other.
# Needs make native emulator launcher, python3 and: apt-get install -y --no-install-recommends wrk
set -uo pipefail
cd "$(dirname "$0")/.."
seconds=${BENCHMARK_SECONDS:-5}
folder=$(mktemp -d)
declare -a started=()
trap 'kill "${started[@]}" 2>/dev/null; rm -rf "$folder"' EXIT
port() { python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'; }
own=$(port) health=$(port) forwarded=$(port)

artifacts/emulator/credential-sidecar-emulator >"$folder/emulator" & started+=($!)
until [ -s "$folder/emulator" ]; do sleep 0.1; done
of() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1]))[sys.argv[2]])' "$folder/emulator" "$1"; }
mkdir "$folder/shared" && cp artifacts/launcher/credential-launch "$folder/shared/"
env -i PATH="$PATH" SIDECAR_SHARED_DIR="$folder/shared" SIDECAR_Listen__Socket=true SIDECAR_PORT="$own" SIDECAR_HEALTH_PORT="$health" \
  SIDECAR_ROLE_ARN=arn:aws:iam::555566667777:role/reports SIDECAR_EXTERNAL_ID=orders-7f3a AWS_REGION=eu-central-1 \
  SIDECAR_SOURCE_ENDPOINT="$(of agent)" AWS_CONTAINER_CREDENTIALS_RELATIVE_URI="$(of relativeUri)" AWS_ENDPOINT_URL_STS="$(of sts)" \
  SIDECAR_Access__RequestsPerSecond=100000 artifacts/native/credential-sidecar >"$folder/log" & started+=($!)
until curl -sf "http://127.0.0.1:$health/readyz" >/dev/null; do sleep 0.2; done

cat >"$folder/load.sh" <<'LOAD'
load() { wrk -t1 -c"$1" -d"$2"s --latency -H "Authorization: $(cat "$3")" "$4" | awk '/50%/ {m = $2} /99%/ {n = $2} /Requests\/sec/ {r = $2} END {print m, n, r}'; }
uri=$1 token=$2 seconds=$3 name=$4
forwarder=$(pgrep -f -n '^credential-forward' || true)
before=$([ -n "$forwarder" ] && awk '{print $14 + $15}' "/proc/$forwarder/stat")
one=$(load 1 "$seconds" "$token" "$uri")
many=$(load 8 "$seconds" "$token" "$uri")
echo "| $name | ${one% *} | ${many##* } |"
if [ -n "$forwarder" ]; then
  after=$(awk '{print $14 + $15}' "/proc/$forwarder/stat")
  total=$(python3 -c "print(round((${one##* } + ${many##* }) * $seconds))")
  echo "forwarder: $(awk '/VmRSS/ {print $2}' "/proc/$forwarder/status") kB resident, $(awk '/RssAnon/ {print $2}' "/proc/$forwarder/status") kB private, $(python3 -c "print(round(($after - $before) * 10000 / $total, 1))") us of processor for each request"
fi
LOAD
echo "| | 1 connection: median, 99 % | requests a second, 8 connections |"
echo "|---|---|---|"
bash "$folder/load.sh" "http://127.0.0.1:$own/v1/credentials" "$folder/shared/token" "$seconds" "the port"
env -i PATH="$PATH" AWS_REGION=eu-central-1 CREDENTIAL_LAUNCH_ALLOW_IMDS=true "$folder/shared/credential-launch" --forward --port "$forwarded" \
  -- bash "$folder/load.sh" "http://127.0.0.1:$forwarded/v1/credentials" "$folder/shared/token" "$seconds" "the forwarder"
