#!/bin/sh
# Publishes credential-supervisor as one static file: publish.sh [directory], by default artifacts/supervisor.
exec sh "$(dirname "$0")/../Shared/publish.sh" CredentialSidecar.Supervisor credential-supervisor "${1:-../../artifacts/supervisor}"
