#!/usr/bin/env bash
# Builds a service with this machine's Go and copies it into an image, for `skaffold dev --profile fast`: any engine will
# do, with BuildKit or without.
#
# Usage: IMAGE=NAME:TAG [PUSH_IMAGE=true] tools/fast-image.sh recommendations|marketplace
set -euo pipefail
cd "$(dirname "$0")/.."
service=$1
case $service in recommendations | marketplace) ;; *) echo "there is no service $service" >&2; exit 2 ;; esac
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
GOOS=linux make --silent build BIN="$work" SERVICES="$service"
mkdir "$work/data"
# As the last stages of both Dockerfiles; the marketplace has no use for /data.
cat >"$work/Dockerfile" <<EOF
FROM ${BASE_IMAGE:-gcr.io/distroless/static-debian13:nonroot}
COPY $service /$service
COPY --chown=65532:65532 data /data
ENV RECOMMENDATIONS_DATABASE_URL=sqlite:/data/recommendations.db
USER 65532:65532
ENTRYPOINT ["/$service"]
EOF
DOCKER_BUILDKIT=${DOCKER_BUILDKIT:-0} docker build --quiet --tag "$IMAGE" "$work"
if [ "${PUSH_IMAGE:-false}" = true ]; then docker push --quiet "$IMAGE"; fi
