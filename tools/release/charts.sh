#!/usr/bin/env bash
# Packages the three charts for a release: with its version, and with its images by digest in place of
# those that everybody builds for themselves.
#
# Usage: tools/release/charts.sh VERSION REPOSITORY SOURCE RECOMMENDATIONS-DIGEST MARKETPLACE-DIGEST FOLDER
#   REPOSITORY  where the images are, such as ghcr.io/someone/bookmarket
#   SOURCE      address of the source code
#   FOLDER      gets recommendations-*.tgz, marketplace-*.tgz and bookmarket-*.tgz
set -euo pipefail
version=${1:?} repository=${2:?} source=${3:?} folder=$(realpath "${6:?}")
declare -A digests=([recommendations]=${4:?} [marketplace]=${5:?})
cd "$(dirname "$0")/../.."
work=$(mktemp -d) && trap 'rm -rf "$work"' EXIT
cp -R helm "$work"
cd "$work/helm"
# What is there was packaged from the charts as they were.
rm -rf bookmarket/charts bookmarket/Chart.lock

# set_once replaces the one line that matches, and fails where none or several do.
set_once() { # FILE PATTERN REPLACEMENT
  [ "$(grep -cE "$2" "$1")" = 1 ] || { echo "$1: not one line is $2" >&2; exit 1; }
  sed -i -E "s|$2|$3|" "$1"
}

for chart in recommendations marketplace bookmarket; do
  set_once $chart/Chart.yaml '^appVersion: .*' "appVersion: $version"
  sed -i -E "s|^(    )?version: .*|\1version: ${version#v}|" $chart/Chart.yaml
  case $version in *-*) ;; *) set_once $chart/Chart.yaml '^  artifacthub.io/prerelease: "true"$' '  artifacthub.io/prerelease: "false"' ;; esac
  printf 'home: %s\nsources: [%s]\n' "$source" "$source" >>$chart/Chart.yaml
done
for chart in recommendations marketplace; do
  set_once $chart/values.yaml "^  repository: bookmarket/$chart\$" "  repository: ${repository#*/}/$chart"
  # image: comes first of all that has a registry or a digest.
  sed -i -E -e "0,/^  registry: \"\"\$/s||  registry: ${repository%%/*}|" \
    -e "0,/^  digest: \"\"\$/s||  digest: ${digests[$chart]}|" $chart/values.yaml
done
# Of a release, it is not true.
sed -i -E -e 's|Nothing is published: build the images first[^[]*\[[^)]*\)\)\.|The images are those of this release.|' \
  -e 's|Nothing is published: the images are the ones that you build\.|Of this release.|' ./*/README.md* ./*/values.yaml
sed -i '/^Pods that wait for an image: nothing is published/,$d' bookmarket/templates/NOTES.txt
helm dependency update bookmarket >&2
for chart in recommendations marketplace bookmarket; do
  helm package "$chart" --destination "$folder" >&2
done
