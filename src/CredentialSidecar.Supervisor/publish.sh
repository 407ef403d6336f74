#!/bin/sh
# Publishes credential-supervisor as one static file: publish.sh [directory], by default artifacts/supervisor.
# Needs clang and lld: apt-get install -y --no-install-recommends clang lld
set -eu
cd "$(dirname "$0")"
out=${1:-../../artifacts/supervisor}
mkdir -p "$out"
out=$(cd "$out" && pwd)

case $(uname -m) in
  x86_64) rid=linux-x64 ;;
  aarch64) rid=linux-arm64 ;;
  *) echo "publish.sh: no native pack for $(uname -m)" >&2; exit 1 ;;
esac

for tool in clang ld.lld; do
  command -v $tool >/dev/null || { echo "publish.sh: $tool is missing: apt-get install -y --no-install-recommends clang lld" >&2; exit 1; }
done

dotnet publish --nologo -c Release -r $rid -o "$out" -p:PublishAot=true -p:DebugType=none \
  -p:NuGetLockFilePath=packages.$rid.lock.json -p:BaseIntermediateOutputPath=obj/native/
rm -f "$out/credential-supervisor.dbg"
# An incremental build keeps the time of the last link, which would look older than a source that changed in vain.
touch "$out/credential-supervisor"
echo "credential-supervisor for $rid: $out/credential-supervisor, $(wc -c <"$out/credential-supervisor") bytes"
