#!/usr/bin/env bash
# Builds both images for a release, pushes and signs them. Docker must be logged in to the registry,
# and cosign must have an identity to sign with, as it has in a workflow with id-token: write.
#
# Usage: tools/release/images.sh VERSION REPOSITORY SOURCE
#   REPOSITORY  where the images go, such as ghcr.io/someone/bookmarket
#   SOURCE      address of the source code
# Prints SERVICE=DIGEST for each.
set -euo pipefail
version=${1:?} repository=${2:?} source=${3:?}
cd "$(dirname "$0")/../.."
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
revision=$(git rev-parse HEAD)
# Not the time of the build: the same commit gives the same image.
SOURCE_DATE_EPOCH=$(git show -s --format=%ct HEAD) && export SOURCE_DATE_EPOCH
created=$(date -u -d "@$SOURCE_DATE_EPOCH" +%Y-%m-%dT%H:%M:%SZ)

# pinned prints an image that the Dockerfiles start from, with the digest that its tag has now.
pinned() { # BUILD-ARGUMENT
  local image
  image=$(sed -n "s/^ARG $1=//p" recommendations/Dockerfile)
  echo "$image@$(docker buildx imagetools inspect "$image" --format '{{.Manifest.Digest}}')"
}

go_image=$(pinned GO_IMAGE) base_image=$(pinned BASE_IMAGE)
[[ $go_image$base_image =~ @sha256:.+@sha256: ]] || { echo "no digests: $go_image, $base_image" >&2; exit 1; }
cosign verify "$base_image" --certificate-oidc-issuer https://accounts.google.com \
  --certificate-identity keyless@distroless.iam.gserviceaccount.com >"$work/base"

# The engine's own builder can neither attest nor build for two platforms.
docker buildx create --name bookmarket-release --driver docker-container >&2
trap 'docker buildx rm bookmarket-release >&2; rm -rf "$work"' EXIT
for service in recommendations marketplace; do
  docker buildx build --builder bookmarket-release . --file "$service/Dockerfile" \
    --platform linux/amd64,linux/arm64 \
    --build-arg "GO_IMAGE=$go_image" --build-arg "BASE_IMAGE=$base_image" \
    --build-arg "VERSION=$version" --build-arg "REVISION=$revision" \
    --label "org.opencontainers.image.created=$created" \
    --label "org.opencontainers.image.source=$source" \
    --label "org.opencontainers.image.base.name=${base_image%@*}" \
    --label "org.opencontainers.image.base.digest=${base_image#*@}" \
    --provenance mode=max --sbom true \
    --tag "$repository/$service:$version" --output type=image,push=true,rewrite-timestamp=true \
    --metadata-file "$work/$service" >&2
  digest=$(grep -oP '"containerimage.digest":\s*"\Ksha256:[0-9a-f]{64}(?=")' "$work/$service")
  # By digest: between a push and a signature, a tag may come to mean something else.
  cosign sign --yes "$repository/$service@$digest" >&2
  echo "$service=$digest"
done
