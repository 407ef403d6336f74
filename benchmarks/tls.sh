#!/bin/sh
# Handshakes and memory with TLS, beside nginx with the same certificate: benchmarks/tls.sh [SECONDS]. Needs make native emulator,
# openssl, python3 and apt-get install -y --no-install-recommends nginx-light.
exec python3 "$(dirname "$0")/tls/measure.py" "${1:-5}"
