#!/usr/bin/env bash
# Proves on a live Kubernetes what is said about it: the charts install, serve, upgrade and leave nothing; the local
# overlay does the same; and so does Skaffold. Under a hundred pages a second on PostgreSQL, replicas share the calls,
# and new pods, another version and an outage cost no page (load.sh). All namespaces enforce Pod Security "restricted".
#
# Usage: [VARIABLE=…] e2e/cluster/run.sh [CONTEXT]
#
#   ROUNDS    how often each service gets new pods under load (default: 2, which takes a minute and a half)
#   CHAPTERS  which chapters run, by their functions' names (default: all)
#   PREVIOUS  the commit to upgrade from, roll back to and mix with (default: v0.1.0)
#
# It runs on the current kubectl context when that is kind-* or minikube, and on any other only when it is named here.
# Where the scripts of ../shared/tools/cluster lie beside the repository and their programs are built (in $KLITE_DIR,
# else /var/tmp/klite), it starts that cluster instead, and ends it when it was not up before.
#
# Exit code 77: it cannot run here, for the reason in the last line.
set -uo pipefail
cd "$(dirname "$0")/../.." || exit

cannot_run() { echo "$*"; exit 77; }

work=$(mktemp -d)
klite_scripts=$PWD/../shared/tools/cluster
export KLITE_DIR=${KLITE_DIR:-/var/tmp/klite}
mine=bookmarket.test/e2e=true # labels the namespaces that this script may delete
ROUNDS=${ROUNDS:-2}
PREVIOUS=${PREVIOUS:-9b8778d4d4ed9b0c823b46621b232879fe343b67} # the last release that kept what readers did in memory
forward=                      # the process of the port-forward that is open
watching=                     # the process that watches pods end
previous=$work/previous       # the sources of the version before
started=false                 # whether the cluster was started here
reached=false                 # whether there is a cluster to clean up

cleanup() {
  end_forward
  [[ -z $watching ]] || kill "$watching" 2>/dev/null
  if [[ -d $previous ]]; then git worktree remove --force "$previous"; fi
  if $reached; then delete_namespaces; fi
  if $started; then "$klite_scripts/down.sh" >/dev/null 2>&1; fi
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT TERM

# ---- the cluster and the images

need() { # PROGRAM...
  local program
  for program; do
    command -v "$program" >/dev/null || cannot_run "$program is not installed"
  done
}

find_cluster() { # [CONTEXT]
  if [[ -z ${1-} && $EUID == 0 && -x $klite_scripts/up.sh && -x $KLITE_DIR/bin/hyperkube ]]; then
    export KUBECONFIG=$KLITE_DIR/run/kubeconfig PATH=$KLITE_DIR/bin:$PATH
    kubectl get --raw /readyz --request-timeout=5s >/dev/null 2>&1 || started=true
    timeout 300 "$klite_scripts/up.sh" >"$work/up" 2>&1 || { tail "$work/up"; cannot_run "the cluster in $KLITE_DIR does not start"; }
  fi
  need kubectl helm docker curl
  context=${1:-$(kubectl config current-context 2>/dev/null)}
  [[ -n $context ]] || cannot_run "kubectl has no current context: there is no cluster to test on"
  case $context in
    kind-*) need kind ;;
    minikube) need minikube ;;
    "${1-}") ;;
    *) cannot_run "the kubectl context $context may be somebody's real cluster: name it on the command line to use it" ;;
  esac
  # A copy with this context alone: nothing below can reach another cluster, whatever becomes current meanwhile.
  kubectl config view --raw --minify --flatten --context="$context" >"$work/kubeconfig" 2>/dev/null ||
    cannot_run "kubectl knows no context $context"
  export KUBECONFIG=$work/kubeconfig
  kubectl get --raw /readyz --request-timeout=10s >/dev/null 2>&1 || cannot_run "no cluster answers behind the kubectl context $context"
  reached=true
  docker info >/dev/null 2>&1 || cannot_run "no docker engine answers: the images cannot be built"
}

build_images() {
  local service
  for service in recommendations marketplace; do
    DOCKER_BUILDKIT=1 timeout 600 docker build --tag "bookmarket/$service:$version" --file "$service/Dockerfile" . || return
  done
}

load_images() { # IMAGE...
  case $context in
    kind-*) timeout 300 kind load docker-image --name "${context#kind-}" "$@" ;;
    minikube) timeout 300 minikube image load "$@" ;;
    *) echo "only kind and minikube can be given images: $* must be there already" ;;
  esac
}

# ---- checks

passed=0 failed=0

# check runs a command and says in one line how it went; what the command said is shown when it failed.
check() { # WHAT COMMAND...
  local what=$1 since=$SECONDS
  shift
  if "$@" >"$work/said" 2>&1; then
    passed=$((passed + 1))
    echo "ok - $what ($((SECONDS - since)) s)"
  else
    failed=$((failed + 1))
    echo "not ok - $what ($((SECONDS - since)) s)"
    sed 's/^/    /' "$work/said"
    return 1
  fi
}

# chapter runs checks that build on each other: the first that fails ends it and shows the state of its namespace.
chapter() { # FUNCTION NAMESPACE
  echo "# $1"
  local since=$SECONDS
  if "$1" "$2"; then
    echo "# $1 took $((SECONDS - since)) s"
    return
  fi
  {
    kubectl --namespace "$2" get pods,services,endpointslices --output wide
    kubectl --namespace "$2" get events --sort-by .lastTimestamp | tail -n 30
    kubectl --namespace "$2" logs --selector app.kubernetes.io/part-of=bookmarket --prefix --tail 20
  } 2>&1 | sed 's/^/    /'
}

# eventually repeats a command until it succeeds, and says what the last attempt said when none did in time.
eventually() { # SECONDS COMMAND...
  local until=$((SECONDS + $1))
  shift
  until "$@" >"$work/attempt" 2>&1; do
    ((SECONDS < until)) || { cat "$work/attempt"; return 1; }
    sleep 0.5
  done
}

create_namespace() { # NAMESPACE
  kubectl create namespace "$1" && kubectl label namespace "$1" "$mine" pod-security.kubernetes.io/enforce=restricted
}

delete_namespace() { # NAMESPACE
  timeout 120 kubectl delete namespace "$1" --ignore-not-found >/dev/null
}

delete_namespaces() {
  timeout 120 kubectl delete namespaces --selector "$mine" --ignore-not-found >/dev/null
}

# empty succeeds when nothing is left in a namespace but what every namespace has, and events, which tell of the past.
empty() { # NAMESPACE
  local kinds left
  kinds=$(kubectl api-resources --namespaced --verbs=list --output=name | grep -v '^events' | paste -sd,) &&
    left=$(kubectl --namespace "$1" get "$kinds" --output=name --ignore-not-found) || return
  left=$(grep -vxE 'configmap/kube-root-ca.crt|serviceaccount/default' <<<"$left")
  [[ -z $left ]] || { echo "left: $left"; return 1; }
}

# open_forward makes a service of the cluster answer at $address until end_forward.
open_forward() { # NAMESPACE SERVICE PORT
  end_forward
  : >"$work/forward"
  kubectl --namespace "$1" port-forward "service/$2" ":$3" >"$work/forward" 2>&1 &
  forward=$!
  eventually 15 grep -q 'Forwarding from 127' "$work/forward" || { cat "$work/forward"; return 1; }
  address=$(sed -n 's/^Forwarding from \(127[0-9.:]*\) .*/\1/p' "$work/forward")
}

end_forward() {
  [[ -n $forward ]] || return 0
  kill "$forward" 2>/dev/null
  wait "$forward" 2>/dev/null
  forward=
}

# page fetches the home page from $address, with status 200, into $work/page.
page() { curl --silent --show-error --fail --max-time 5 --output "$work/page" "http://$address/"; }

books() { grep -oE 'class="book[ "]' "$work/page" | wc -l; }

page_with_books() { # TITLE BOOKS
  page && grep -q "<title>$1</title>" "$work/page" && grep -q 'Mystery books you may like' "$work/page" && (($(books) == $2))
}

page_that_is_sorry() { page && grep -q 'class="sorry"' "$work/page" && (($(books) == 0)); }

shop_opens() { # NAMESPACE SERVICE TITLE BOOKS
  open_forward "$1" "$2" 5000 && eventually $((5 + forgets)) page_with_books "$3" "$4" && end_forward && return
  cat "$work/page"
  return 1
}

# recommend calls Recommendations/Recommend for three science-fiction books. A gRPC message on the wire is a zero, its
# length in four bytes and the message, here user_id 1, category 1 and max_results 3.
recommend() { # NAMESPACE SERVICE
  open_forward "$1" "$2" 50051 || return
  printf '\0\0\0\0\6\10\1\20\1\30\3' |
    curl --silent --show-error --fail --max-time 5 --http2-prior-knowledge --dump-header "$work/headers" --output "$work/answer" --data-binary @- \
      --header 'content-type: application/grpc' --header 'te: trailers' "http://$address/Recommendations/Recommend" || return
  end_forward
  # The status comes behind the message; an error has none.
  if ! grep -qix $'grpc-status: 0\r' "$work/headers" || [[ ! -s $work/answer ]]; then
    cat "$work/headers"
    return 1
  fi
}

# scale ends when the pods are ready, not when they have been ready for the while that a rollout waits.
scale() { # NAMESPACE DEPLOYMENT REPLICAS
  kubectl --namespace "$1" scale "deployment/$2" --replicas "$3" || return
  local pods=(--namespace "$1" --selector "app.kubernetes.io/name=${2#bookmarket-}")
  if (($3 == 0)); then
    timeout 90 kubectl wait pod "${pods[@]}" --for=delete
  else
    eventually 15 pod_exists "${pods[@]}" && timeout 90 kubectl wait pod "${pods[@]}" --for=condition=Ready
  fi
}

pod_exists() { [[ -n $(kubectl get pods --output=name "$@") ]]; } # SELECTION...

restart() { # NAMESPACE DEPLOYMENT
  kubectl --namespace "$1" rollout restart "deployment/$2" && timeout 180 kubectl --namespace "$1" rollout status "deployment/$2"
}

both_ready() { # NAMESPACE
  [[ $(kubectl --namespace "$1" get pods --output=jsonpath='{.items[*].status.containerStatuses[*].ready}') == "true true" ]]
}

# pages_without counts what the marketplace says of pages for which it had no fresh books: a line in ten seconds at most.
pages_without() { # NAMESPACE
  kubectl --namespace "$1" logs deployment/bookmarket-marketplace | grep -c 'a page is not whole'
}

# rollout_unnoticed replaces the pod of recommendations while pages are fetched. On SQLite the new one waits for the file
# until the old one is gone; the marketplace shows the books that it remembers meanwhile. load.sh has PostgreSQL, where
# not even that is needed.
rollout_unnoticed() { # NAMESPACE TITLE BOOKS
  local rollout
  open_forward "$1" bookmarket-marketplace 5000 || return
  restart "$1" bookmarket-recommendations &
  rollout=$!
  while kill -0 $rollout 2>/dev/null; do
    page_with_books "$2" "$3" || { cat "$work/page"; return 1; }
    sleep 0.05
  done
  wait $rollout
}

# store_was_there succeeds when the pod of recommendations found its books on the volume.
store_was_there() { # NAMESPACE
  kubectl --namespace "$1" logs deployment/bookmarket-recommendations >"$work/log" &&
    grep -q '"new model"' "$work/log" && ! grep 'the store is filled' "$work/log"
}

# acts leaves a reader's cookie: somebody wants a book, with a browser that keeps its cookies in $work/cookies.
acts() { # NAMESPACE SERVICE
  rm -f "$work/cookies"
  open_forward "$1" "$2" 5000 &&
    curl --silent --show-error --fail --max-time 5 --cookie-jar "$work/cookies" --header 'Sec-Fetch-Site: same-origin' \
      --output /dev/null --data '' "http://$address/books/$wanted_book/want" &&
    grep -q '[[:space:]]reader[[:space:]]' "$work/cookies" && end_forward && return
  cat "$work/cookies"
  return 1
}

# knows_the_reader succeeds where a pod shows the reader of $work/cookies what they wanted. A pod with another key would
# refuse the cookie, and take them for somebody new.
knows_the_reader() { # NAMESPACE POD
  local log address pid until=$((SECONDS + 15)) code
  log=$(mktemp --tmpdir="$work")
  kubectl --namespace "$1" port-forward "$2" :5000 >"$log" 2>&1 &
  pid=$!
  until address=$(sed -n 's/^Forwarding from \(127[0-9.:]*\) .*/\1/p' "$log") && [[ -n $address ]]; do
    ((SECONDS < until)) || break
    sleep 0.1
  done
  curl --silent --show-error --fail --max-time 5 --cookie "$work/cookies" "http://$address/my-books" >"$work/page" &&
    grep -q "/books/$wanted_book\"" "$work/page"
  code=$?
  kill $pid 2>/dev/null
  wait $pid 2>/dev/null
  return $code
}

all_know_the_reader() { # NAMESPACE PODS
  local pod n=0
  for pod in $(kubectl --namespace "$1" get pods --selector app.kubernetes.io/name=marketplace --output name); do
    knows_the_reader "$1" "$pod" || { echo "$pod does not"; return 1; }
    n=$((n + 1))
  done
  ((n == $2)) || { echo "$n pods of marketplace"; return 1; }
}

scale_to_one() { # NAMESPACE
  scale "$1" bookmarket-marketplace 1 && eventually 60 both_ready "$1"
}

# keeps_key fails where a secret has no key for cookies, or not that of the last time.
keeps_key() { # NAMESPACE SECRET
  local key
  key=$(kubectl --namespace "$1" get secret "$2" --output 'jsonpath={.data.cookie-key}') && [[ -n $key ]] || return
  [[ -e $work/key.$1 ]] || echo "$key" >"$work/key.$1"
  [[ $key == "$(cat "$work/key.$1")" ]]
}

# with_cookie_key is the local overlay with two pods of the marketplace that share a key.
with_cookie_key() { # NAMESPACE
  local root
  mkdir -p "$work/shared-key" && root=$(realpath --relative-to "$work/shared-key" .) &&
    cat >"$work/shared-key/kustomization.yaml" <<YAML &&
resources: [$root/k8s/overlays/local]
components: [$root/k8s/components/cookie-key]
replicas: [{name: marketplace, count: 2}]
YAML
    kubectl --namespace "$1" create secret generic marketplace-cookie-key --from-literal=cookie-key="$(head -c 32 /dev/urandom | base64)" &&
    kubectl apply -k "$work/shared-key" && timeout 120 kubectl --namespace "$1" rollout status deployment/marketplace &&
    eventually 60 all_ended "$1"
}

outage_is_logged() { (($(pages_without "$1") > 0)); } # NAMESPACE

# ---- what is proven

# The cluster's DNS remembers for some seconds that a service without pods has no address.
forgets=5

# A book that every catalogue has.
wanted_book=6-the-dune-chronicles

# A home page has six books on each of its nine shelves: what is trending, and eight categories.
bundled=54

helm_umbrella() { # NAMESPACE
  local ns=$1 umbrella=helm/bookmarket title='Books For A Test'
  # Helm asks only whether the umbrella's dependencies are packaged, not whether that was before the last change.
  rm -rf helm/bookmarket/charts
  check "a namespace that enforces restricted pods" create_namespace "$ns" &&
    check "helm install, from a clean state" timeout 180 \
      helm install bookmarket $umbrella --dependency-update --namespace "$ns" --wait --timeout 120s &&
    check "both pods are ready" eventually 60 both_ready "$ns" &&
    check "the page shows $bundled books" shop_opens "$ns" bookmarket-marketplace 'Online Books For You' $bundled &&
    check "recommendations answers through its service" recommend "$ns" bookmarket-recommendations &&
    check "helm test" timeout 120 helm test bookmarket --namespace "$ns" --timeout 90s &&
    check "a visitor becomes a reader" acts "$ns" bookmarket-marketplace &&
    check "the chart made a key for their cookie" keeps_key "$ns" bookmarket-marketplace-cookie-key &&

    check "helm upgrade to another setting of each" timeout 180 \
      helm upgrade bookmarket $umbrella --namespace "$ns" --wait --timeout 120s \
      --set "marketplace.config.MARKETPLACE_TITLE=$title,recommendations.config.RECOMMENDATIONS_LOG_LEVEL=debug" &&
    check "again there are two pods and both are ready" eventually 60 both_ready "$ns" &&
    check "the page has the new title" shop_opens "$ns" bookmarket-marketplace "$title" $bundled &&
    check "recommendations answers" recommend "$ns" bookmarket-recommendations &&
    check "with the books that it found on its volume" store_was_there "$ns" &&
    check "the key is the same" keeps_key "$ns" bookmarket-marketplace-cookie-key &&
    check "two of the marketplace" scale "$ns" bookmarket-marketplace 2 &&
    check "both know the reader of before" eventually 60 all_know_the_reader "$ns" 2 &&
    check "one of the marketplace" scale_to_one "$ns" &&

    check "a rollout of recommendations costs no page its books" rollout_unnoticed "$ns" "$title" $bundled &&

    check "recommendations goes away" scale "$ns" bookmarket-recommendations 0 &&
    check "the page shows the books it remembers" shop_opens "$ns" bookmarket-marketplace "$title" $bundled &&
    check "its log tells of pages without fresh ones" outage_is_logged "$ns" &&
    check "the marketplace starts without recommendations" restart "$ns" bookmarket-marketplace &&
    check "a port to the new marketplace" open_forward "$ns" bookmarket-marketplace 5000 &&
    check "the page is there and says sorry" page_that_is_sorry &&
    check "recommendations comes back" scale "$ns" bookmarket-recommendations 1 &&
    check "the page shows its books within 5 s of the name's return, without a restart" eventually $((5 + forgets)) page_with_books "$title" $bundled &&

    check "helm uninstall" timeout 120 helm uninstall bookmarket --namespace "$ns" --wait --timeout 90s &&
    check "nothing is left" eventually 60 empty "$ns"
}

kustomize_local() { # NAMESPACE
  local overlay=k8s/overlays/local
  check "kubectl apply -k $overlay" kubectl apply -k $overlay &&
    check "its namespace is marked as ours" kubectl label namespace "$1" "$mine" &&
    check "both pods are ready" eventually 60 both_ready "$1" &&
    check "the page shows $bundled books" shop_opens "$1" marketplace 'Online Books For You' $bundled &&
    check "recommendations answers through its service" recommend "$1" recommendations &&
    check "with components/cookie-key and two of the marketplace" with_cookie_key "$1" &&
    check "a visitor becomes a reader" acts "$1" marketplace &&
    check "both pods know the reader" eventually 30 all_know_the_reader "$1" 2 &&
    check "kubectl delete -k $overlay" timeout 120 kubectl delete -k $overlay --wait
}

skaffold_run() { # NAMESPACE
  # A configuration and a cache of its own: nothing is remembered from earlier runs and nothing is reported to anybody.
  export SKAFFOLD_CONFIG=$work/skaffold SKAFFOLD_CACHE_FILE=$work/skaffold-cache SKAFFOLD_UPDATE_CHECK=false SKAFFOLD_INTERACTIVE=false
  check "a namespace that enforces restricted pods" create_namespace "$1" &&
    check "skaffold without telemetry" skaffold config set --global collect-metrics false &&
    check "skaffold run" timeout 600 skaffold run --namespace "$1" &&
    check "both pods are ready" eventually 60 both_ready "$1" &&
    check "the page shows $bundled books" shop_opens "$1" bookmarket-marketplace 'Online Books For You' $bundled &&
    check "skaffold delete" timeout 120 skaffold delete --namespace "$1" &&
    check "nothing is left" eventually 60 empty "$1"
}

# shellcheck source=/dev/null # it is checked by itself
source e2e/cluster/load.sh

# under_load runs the chapters of load.sh. Those on PostgreSQL share a namespace, because each start takes its time.
under_load() {
  local name ns=bookmarket-e2e-postgres on_postgres=(learning isolation balancing rollouts) needed=()
  for name in "${on_postgres[@]}"; do
    if wanted "$name"; then needed+=("$name"); fi
  done
  ((${#needed[@]} > 0)) || wanted versions || return 0
  check "the load is built and in the cluster" build_load || return
  if ((${#needed[@]} > 0)) && check "PostgreSQL's image is in the cluster" load_postgres; then
    for name in "${needed[@]}"; do chapter "$name" "$ns"; done
    delete_namespace "$ns"
  fi
  if ! wanted versions; then
    return
  elif ! git cat-file -e "$PREVIOUS^{commit}" 2>/dev/null; then
    echo "left out: versions: the commit $PREVIOUS is not in this clone (optional)"
  else
    chapter versions bookmarket-e2e-versions
  fi
}

all=(helm_umbrella kustomize_local skaffold_run learning isolation balancing rollouts versions)
read -ra chapters <<<"${CHAPTERS:-${all[*]}}"

wanted() { [[ " ${chapters[*]} " == *" $1 "* ]]; } # CHAPTER

for name in "${chapters[@]}"; do
  [[ " ${all[*]} " == *" $name "* ]] || cannot_run "there is no chapter $name, but ${all[*]}"
done
find_cluster "$@"
version=$(sed -n 's/^appVersion: //p' helm/bookmarket/Chart.yaml)
echo "# on the context $context, with images $version"
delete_namespaces # of a run that was killed

if check "both images are built" build_images &&
  check "both images are in the cluster" load_images "bookmarket/recommendations:$version" "bookmarket/marketplace:$version"; then
  if wanted helm_umbrella; then chapter helm_umbrella bookmarket-e2e-helm; fi
  # The overlay names its namespace itself, so it may be somebody's.
  if ! wanted kustomize_local; then
    :
  elif kubectl get namespace bookmarket >/dev/null 2>&1; then
    echo "left out: kustomize_local: the namespace bookmarket is in use"
  else
    chapter kustomize_local bookmarket
  fi
  if ! wanted skaffold_run; then
    :
  elif ! command -v skaffold >/dev/null; then
    echo "left out: skaffold_run: skaffold is not installed"
  elif [[ $context != kind-* && $context != minikube ]]; then
    echo "left out: skaffold_run: it would push the images to a registry for the context $context"
  else
    chapter skaffold_run bookmarket-e2e-skaffold
  fi
  under_load
fi
cleanup
trap - EXIT
echo "$passed passed, $failed failed"
((failed == 0))
