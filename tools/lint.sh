#!/usr/bin/env bash
# Checks everything that can be checked without running it, all of it even where some of it fails.
# It changes nothing in the tree.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
PATH=$(tools/install.sh --path):$PATH
passed=0 failed=0
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT

# check runs a command and prints what it says only where it fails.
check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@" >"$work/log" 2>&1; then
    echo "ok    $name"
    passed=$((passed + 1))
  else
    echo "FAIL  $name"
    cat "$work/log"
    failed=$((failed + 1))
  fi
}

# files lists what belongs to the repository, committed or about to be.
files() { git ls-files --cached --others --exclude-standard -- "$@" | sort -u; }

[ -n "$(files go.mod)" ] || { echo "lint: git does not tell what belongs to the repository"; exit 1; }

generated_is_fresh() {
  (cd protobufs && buf generate -o "$work/generated") && diff -r "$work/generated/gen" protobufs/gen
}

# templ says where it has been on standard error.
pages_are_formatted() {
  local file wrong=0
  for file in $(files '*.templ'); do templ fmt -stdout "$file" 2>/dev/null | diff "$file" - || wrong=1; done
  return $wrong
}

pages_are_fresh() {
  local file wrong=0
  for file in $(files '*.templ'); do
    templ generate -f "$file" -stdout 2>/dev/null | diff - "${file%.templ}_templ.go" || wrong=1
  done
  return $wrong
}

shell_scripts() {
  files | while read -r file; do
    [ ! -f "$file" ] || ! head -n 1 "$file" | grep -q '^#!.*sh' || echo "$file"
  done
}

while read -r module; do
  module=$(dirname "$module")
  check "go.mod is tidy: $module" go -C "$module" mod tidy -diff
  # The modules that only name tools have no code. golangci-lint includes go vet and gofmt.
  [ -z "$(go -C "$module" list ./... 2>/dev/null)" ] || check "golangci-lint: $module" env -C "$module" golangci-lint run
done < <(files go.mod '*/go.mod')

check "buf lint" buf lint protobufs
check "buf format" buf format --diff --exit-code protobufs
check "buf breaking" buf breaking protobufs --against protobufs/released.binpb
check "generated code is fresh" generated_is_fresh
check "templ fmt" pages_are_formatted
check "pages are fresh" pages_are_fresh
check "actionlint" actionlint
if command -v shellcheck >/dev/null; then
  mapfile -t scripts < <(shell_scripts)
  check "shellcheck" shellcheck "${scripts[@]}"
else
  echo "left out: shellcheck: it is not installed (apt-get install shellcheck)"
fi
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
