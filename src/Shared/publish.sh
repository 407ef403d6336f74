#!/bin/sh
# Publishes a program as one static file: publish.sh PROJECT PROGRAM DIRECTORY. The publish.sh of each such project calls it.
# Needs clang and lld: apt-get install -y --no-install-recommends clang lld
set -eu
program=$2
cd "$(dirname "$0")/../$1"
mkdir -p "$3"
out=$(cd "$3" && pwd)

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
rm -f "$out/$program.dbg"
# An incremental build keeps the time of the last link, which would look older than a source that changed in vain.
touch "$out/$program"
echo "$program for $rid: $out/$program, $(wc -c <"$out/$program") bytes"
