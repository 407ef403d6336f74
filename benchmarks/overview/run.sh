#!/usr/bin/env bash
# Start, memory, CPU per GET and many destinations, beside an empty Kestrel and nginx: benchmarks/overview/run.sh [COUNT...].
# COUNT is a number of destinations; 1 10 100 1000 3000 without one. Needs python3, wrk, make native and make emulator. Everything runs
# on loopback and takes about two minutes. BENCHMARK_SECONDS (5) is the length of each load, BENCHMARK_STARTS (5) the number of starts.
set -euo pipefail
cd "$(dirname "$0")/../.."
empty=artifacts/empty-server/empty-server

missing() { echo "$1 is missing: $2" >&2; exit 69; }
command -v wrk >/dev/null || missing wrk 'apt-get install -y --no-install-recommends wrk'
[ -x artifacts/native/credential-sidecar ] || missing artifacts/native 'make native'
[ -x artifacts/emulator/credential-sidecar-emulator ] || missing artifacts/emulator 'make emulator'
PATH=$PATH:/usr/sbin
command -v nginx >/dev/null || echo 'nginx is missing, so its column is empty: apt-get install -y --no-install-recommends nginx-light' >&2

if [ ! -x $empty ] || [ benchmarks/EmptyServer/Program.cs -nt $empty ]; then
  # The lock of its own holds the native compiler, which the committed lock does not list. The options are those of make native.
  dotnet publish -c Release -r linux-x64 --nologo benchmarks/EmptyServer -p:NuGetLockFilePath=obj/publish.lock.json \
    -p:RestoreLockedMode=false -p:BaseIntermediateOutputPath=obj/native/ -p:PublishAot=true -p:OptimizationPreference=Size \
    -p:StripSymbols=true -p:CppCompilerAndLinker=gcc -p:CopyOutputSymbolsToPublishDirectory=false -o "$(dirname $empty)" >&2
fi

exec python3 benchmarks/overview/measure.py "$@"
