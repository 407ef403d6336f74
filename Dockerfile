# Three images from one file: `emulator`, `init`, and the sidecar, which is the last and so the default. See docs/image.md.
# Any base will do that has glibc, OpenSSL 3, zlib and CA certificates; the build image needs the very SDK of global.json.
ARG SDK_IMAGE=mcr.microsoft.com/dotnet/sdk:10.0.401-noble-aot
ARG RUNTIME_IMAGE=mcr.microsoft.com/dotnet/runtime-deps:10.0-noble-chiseled

FROM ${SDK_IMAGE} AS build
# lld links the launcher and the supervisor, and nft goes into `init`; the base has no package manager to install it with.
RUN apt-get update && apt-get install -y --no-install-recommends clang lld nftables zlib1g-dev && rm -rf /var/lib/apt/lists/*
WORKDIR /source
COPY . .
RUN CI=true sh .ci/image/files /image

FROM ${RUNTIME_IMAGE} AS base
ARG VERSION=0.1.0
ARG REVISION=unknown
ARG SOURCE=unknown
LABEL org.opencontainers.image.title="CredentialSidecar" \
      org.opencontainers.image.description="Serves AWS credentials of other accounts to the containers beside it." \
      org.opencontainers.image.licenses="Apache-2.0" \
      org.opencontainers.image.version="${VERSION}" \
      org.opencontainers.image.revision="${REVISION}" \
      org.opencontainers.image.source="${SOURCE}"
# The first is measured in benchmarks/README.md. Without the second a socket in /tmp tells its user the first environment, tokens included.
ENV DOTNET_gcServer=0 DOTNET_EnableDiagnostics=0
USER 9170:9170

FROM base AS emulator
LABEL org.opencontainers.image.title="CredentialSidecar emulator" \
      org.opencontainers.image.description="An ECS agent endpoint and an STS for a laptop and for tests."
COPY --from=build /image/emulator/ /
ENTRYPOINT ["/usr/local/bin/credential-sidecar-emulator"]
CMD ["--agent-port", "51679", "--sts-port", "51680", "--control-port", "51681"]

FROM base AS program
COPY --from=build /image/sidecar/ /
# The supervisor is pid 1: it holds the listening sockets while the sidecar is started again.
ENTRYPOINT ["/usr/local/bin/credential-supervisor", "/usr/local/bin/credential-sidecar"]

FROM program AS init
LABEL org.opencontainers.image.title="CredentialSidecar init" \
      org.opencontainers.image.description="Puts up interception in a task's network namespace, and ends. Needs NET_ADMIN."
COPY --from=build /image/nft/ /
USER 0:0
CMD ["intercept", "up"]

FROM program AS sidecar
# Owned here, because a new volume takes its owner from the image; Fargate gives other mounts to root.
COPY --from=build --chown=9170:9170 /image/shared/ /
VOLUME /credential-sidecar
ENV SIDECAR_SHARED_DIR=/credential-sidecar
HEALTHCHECK --interval=5s --timeout=2s --start-period=60s --retries=3 CMD ["/usr/local/bin/credential-launch", "--check"]
