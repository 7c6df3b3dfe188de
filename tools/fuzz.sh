#!/usr/bin/env bash
# Runs every fuzz target of the root module for a while each.
#
# Usage: tools/fuzz.sh [DURATION|COUNT]      (such as 1m, the default, or 5000x: so many inputs)
#
# Where a duration ends while an input is made smaller, Go may report "context deadline exceeded" as a failure. A count
# has no such end, and is for CI.
set -euo pipefail
cd "$(dirname "$0")/.."
duration=${1:-1m} passed=0 failed=0

# `go test -list` prints the targets of a package and then the package.
targets=$(go test -list '^Fuzz' ./... | awk '/^Fuzz/ {names[++n] = $1} /^ok/ {while (n) print $2, names[n--]}')
[ -n "$targets" ] || { echo "fuzz: there is no fuzz target"; exit 1; }
while read -r package target; do
  echo "fuzz: $package $target for $duration"
  if go test -run '^$' -fuzz "^$target\$" -fuzztime "$duration" -fuzzminimizetime 100x "$package"; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
  fi
done <<<"$targets"
echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
