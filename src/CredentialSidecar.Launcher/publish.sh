#!/bin/sh
# Publishes credential-launch as one static file: publish.sh [directory], by default artifacts/launcher.
exec sh "$(dirname "$0")/../Shared/publish.sh" CredentialSidecar.Launcher credential-launch "${1:-../../artifacts/launcher}"
