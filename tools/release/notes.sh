#!/usr/bin/env bash
# Prints what CHANGELOG.md says of a version, for the page of its release; without an entry it fails.
#
# Usage: tools/release/notes.sh VERSION [CHANGELOG]
set -euo pipefail
version=${1:?usage: notes.sh VERSION [CHANGELOG]}
changelog=${2:-$(dirname "$0")/../../CHANGELOG.md}
# A release is called v1.2.3 or, to try it out, v1.2.3-rc.1: charts take no other versions.
number='(0|[1-9][0-9]*)'
[[ $version =~ ^v$number\.$number\.$number(-[0-9A-Za-z]+(\.[0-9A-Za-z]+)*)?$ ]] ||
  { echo "$version is no version" >&2; exit 1; }
awk -v heading="## [${version#v}]" '
  /^## / { found = index($0, heading) == 1; next }
  found { print; some = some || /[^[:space:]]/ }
  END { exit !some }
' "$changelog" || { echo "$changelog says nothing of ${version#v}" >&2; exit 1; }
