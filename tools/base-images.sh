#!/usr/bin/env bash
# Succeeds where every image that a Dockerfile starts from is in the engine, or can be pulled.
set -euo pipefail
cd "$(dirname "$0")/.."
# The Dockerfiles name them once each, as defaults of build arguments.
sed -nE 's/^ARG [A-Z]+_IMAGE=(.+)/\1/p' ./*/Dockerfile | sort -u |
  while read -r image; do
    docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull -q "$image" </dev/null
  done
