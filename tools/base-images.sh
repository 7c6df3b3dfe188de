#!/usr/bin/env bash
# Succeeds where every image that a Dockerfile or a compose file starts from is in the engine, or can be pulled.
set -euo pipefail
cd "$(dirname "$0")/.."
# Each names them once, as the default of a build argument or of a variable.
{
  sed -nE 's/^ARG [A-Z]+_IMAGE=(.+)/\1/p' ./*/Dockerfile
  sed -nE 's/^ *image: \$\{[A-Z]+_IMAGE:-(.+)\}/\1/p' ./*compose*.yml
} | sort -u |
  while read -r image; do
    docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull -q "$image" </dev/null
  done
