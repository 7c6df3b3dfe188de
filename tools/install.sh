#!/usr/bin/env bash
# Builds the pinned generators (tools/go.mod), linters (tools/lint) and what checks the charts (Helm 4 in
# tools/helm, Helm 3 as helm3 and more in tools/charts, tools/kube-score) into a cache outside the
# repository, so that all clones on a machine build a version once. What the browser's tests check pages
# with comes by npm (e2e/browser/package.json), into the same cache.
#
# Usage: tools/install.sh GROUP...            build these of gen, lint, helm and axe; minutes the first time
#        tools/install.sh --check GROUP...    only fail, and say what to do, where one is missing
#        tools/install.sh --path              the folders to put in front of PATH
#        tools/install.sh --axe               the folder of the npm packages
set -euo pipefail
cd "$(dirname "$0")"
cache=${XDG_CACHE_HOME:-$HOME/.cache}/bookmarket/tools

# modules lists the modules of a group. They are apart where they cannot agree on their libraries' versions.
modules() {
  case $1 in
    gen) echo . ;;
    helm) echo helm charts kube-score ;;
    *) echo "$1" ;;
  esac
}

# axe is no Go module, but a folder of npm's.
axe=../e2e/browser
folder_of_axe() { echo "$cache/axe-$(cksum <"$axe/package-lock.json" | cut -d ' ' -f 1)"; }

build_axe() {
  local dir stage
  dir=$(folder_of_axe)
  [ ! -d "$dir" ] || return 0
  echo "tools: installing axe into $dir, once for this version"
  mkdir -p "$cache" && stage=$(mktemp -d "$cache/.stage-XXXXXX")
  cp "$axe/package.json" "$axe/package-lock.json" "$stage"
  (cd "$stage" && npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null)
  if [ -d "$dir" ]; then rm -rf "$stage"; else mv "$stage" "$dir"; fi
}

check_axe() { [ -d "$(folder_of_axe)" ] || { echo "axe is not installed: tools/install.sh axe"; exit 1; }; }

# folder prints where a module's tools live: the name changes with their versions and the compiler's.
folder() { echo "$cache/${1/#./gen}-$({ cat "$1/go.mod" && go version; } | cksum | cut -d ' ' -f 1)"; }

# there succeeds where a module's tools are built. A Helm 4 that the machine has is as good.
there() { [ -d "$(folder "$1")" ] || { [ "$1" = helm ] && helm version --short 2>/dev/null | grep -q '^v4\.'; }; }

build() {
  local dir stage
  ! there "$1" || return 0
  dir=$(folder "$1")
  echo "tools: building $(basename "${dir%-*}") into $dir, once for this version"
  mkdir -p "$cache" && stage=$(mktemp -d "$cache/.stage-XXXXXX")
  (cd "$1" && CGO_ENABLED=0 GOBIN=$stage go install -trimpath -ldflags='-s -w' tool)
  # This one is Helm 3, and must not stand in for the other.
  if [ "$1" = charts ]; then mv "$stage/helm" "$stage/helm3"; fi
  # One rename at the end: a build that was cut short leaves no half a folder.
  if [ -d "$dir" ]; then rm -rf "$stage"; else mv "$stage" "$dir"; fi
}

check() { there "$1" || { echo "the tools are not built: tools/install.sh $group"; exit 1; }; }

# all lists the folders of the groups, for PATH.
all() {
  local group module folders=()
  for group; do
    for module in $(modules "$group"); do folders+=("$(folder "$module")"); done
  done
  (IFS=: && echo "${folders[*]}")
}

action=build
case ${1-} in
  --path) all gen lint helm && exit ;;
  --axe) folder_of_axe && exit ;;
  --check) action=check && shift ;;
esac
[ $# -gt 0 ] || { sed -n '2,10s/^# \{0,1\}//p' install.sh >&2; exit 2; }
for group; do
  case $group in
    gen | lint | helm) for module in $(modules "$group"); do $action "$module"; done ;;
    axe) "${action}_axe" ;;
    *) echo "tools: there is no group $group" >&2; exit 2 ;;
  esac
done
