#!/usr/bin/env bash
# Builds the pinned generators (tools/go.mod), linters (tools/lint) and Helm (tools/helm) into a cache
# outside the repository, so that all clones on a machine build a version once.
#
# Usage: tools/install.sh [gen] [lint] [helm]    build these where missing; minutes the first time
#        tools/install.sh --check gen lint       only fail, and say what to do, where one is missing
#        tools/install.sh --path                 the folders to put in front of PATH
set -euo pipefail
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bookmarket/tools

# where prints the folder of one group: its name changes with the tools' versions and the compiler's.
where() {
  local module=$1
  [ "$module" != gen ] || module=.
  echo "$cache/$1-$({ cat "$module/go.mod" && go version; } | sha256sum | cut -c1-12)"
}

build() {
  local dir stage module=$1
  [ "$module" != gen ] || module=.
  dir=$(where "$1")
  [ ! -d "$dir" ] || return 0
  echo "tools: building $1 into $dir (once)"
  mkdir -p "$cache" && stage=$(mktemp -d "$cache/.stage-XXXXXX")
  (cd "$module" && CGO_ENABLED=0 GOBIN=$stage go install -trimpath -ldflags='-s -w' tool)
  # One rename at the end: a build that was cut short, or ran twice at once, leaves no half a folder.
  mv -T "$stage" "$dir" 2>/dev/null || rm -rf "$stage"
}

mode=${1-}
case $mode in --check | --path) shift ;; esac
for group in "${@:-gen}"; do
  case $group in gen | lint | helm) ;; *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;; esac
done
case $mode in
  --path) echo "$(where gen):$(where lint):$(where helm)" ;;
  --check)
    for group in "$@"; do
      [ -d "$(where "$group")" ] || { echo "the tools are not built: make tools"; exit 1; }
    done ;;
  *) for group in "${@:-gen}"; do build "$group"; done ;;
esac
