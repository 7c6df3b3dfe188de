#!/usr/bin/env bash
# Builds the pinned generators (tools/go.mod), linters (tools/lint) and Helm (tools/helm) into a cache
# outside the repository, so that all clones on a machine build a version once.
#
# Usage: tools/install.sh GROUP...            build these of gen, lint and helm; minutes the first time
#        tools/install.sh --check GROUP...    only fail, and say what to do, where one is missing
#        tools/install.sh --path              the folders to put in front of PATH
set -euo pipefail
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bookmarket/tools

module() { if [ "$1" = gen ]; then echo .; else echo "$1"; fi; }

# folder prints where a group lives: the name changes with the tools' versions and the compiler's.
folder() { echo "$cache/$1-$({ cat "$(module "$1")/go.mod" && go version; } | cksum | cut -d ' ' -f 1)"; }

# there succeeds where a group is built. A Helm that the machine has is as good.
there() { [ -d "$(folder "$1")" ] || { [ "$1" = helm ] && command -v helm >/dev/null; }; }

build() {
  local dir stage
  ! there "$1" || return 0
  dir=$(folder "$1")
  echo "tools: building $1 into $dir, once for this version"
  mkdir -p "$cache" && stage=$(mktemp -d "$cache/.stage-XXXXXX")
  (cd "$(module "$1")" && CGO_ENABLED=0 GOBIN=$stage go install -trimpath -ldflags='-s -w' tool)
  # One rename at the end: a build that was cut short leaves no half a folder.
  if [ -d "$dir" ]; then rm -rf "$stage"; else mv "$stage" "$dir"; fi
}

check() { there "$1" || { echo "the tools are not built: tools/install.sh $1"; exit 1; }; }

action=build
case ${1-} in
  --path) echo "$(folder gen):$(folder lint):$(folder helm)" && exit ;;
  --check) action=check && shift ;;
esac
[ $# -gt 0 ] || { sed -n '2,7s/^# \{0,1\}//p' install.sh >&2; exit 2; }
for group; do
  case $group in
    gen | lint | helm) $action "$group" ;;
    *) echo "tools: there is no group $group" >&2; exit 2 ;;
  esac
done
