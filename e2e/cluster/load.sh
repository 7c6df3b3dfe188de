#!/usr/bin/env bash
# Part of run.sh: what is done to a shop while a hundred pages a second are fetched from it.
# shellcheck disable=SC2154 # run.sh has the variables and the helpers.

rate=100 # pages a second

# ---- pods of ours beside the shop

build_load() {
  mkdir -p "$work/load" && cp e2e/cluster/load/Dockerfile "$work/load" &&
    CGO_ENABLED=0 GOARCH=$(docker version --format '{{.Server.Arch}}') go -C e2e build -o "$work/load/load" ./cluster/load &&
    docker build --tag bookmarket/e2e-load:dev "$work/load" &&
    load_images bookmarket/e2e-load:dev
}

# load_pod starts the program of e2e/cluster/load in a pod.
load_pod() { # NAMESPACE NAME LABELS ARGUMENT...
  local ns=$1 name=$2 labels=$3
  shift 3
  kubectl --namespace "$ns" delete pod "$name" --ignore-not-found --now --timeout=60s &&
    kubectl --namespace "$ns" apply --filename - <<YAML
apiVersion: v1
kind: Pod
metadata: {name: $name, labels: {$labels}}
spec:
  restartPolicy: Never
  automountServiceAccountToken: false
  enableServiceLinks: false
  terminationGracePeriodSeconds: 10
  securityContext: {runAsNonRoot: true, seccompProfile: {type: RuntimeDefault}}
  containers:
    - name: load
      image: bookmarket/e2e-load:dev
      imagePullPolicy: IfNotPresent
      args: [$(printf '"%s",' "$@")]
      resources: {requests: {cpu: 50m, memory: 16Mi}, limits: {memory: 128Mi}}
      securityContext: {allowPrivilegeEscalation: false, readOnlyRootFilesystem: true, capabilities: {drop: [ALL]}}
YAML
}

# load_begins fetches pages until the pod is deleted. It asks the service's address: names are the business of those who
# come from outside, and the cluster's own DNS is not what is tested.
load_begins() { # NAMESPACE
  local address
  address=$(kubectl --namespace "$1" get service bookmarket-marketplace --output 'jsonpath={.spec.clusterIP}') &&
    load_pod "$1" load 'app: load' --url "http://$address:5000/" --rate "$rate" &&
    kubectl --namespace "$1" wait pod load --for=condition=Ready --timeout=60s &&
    is_fresh "$1" && load_has_answers "$1" && no_page_failed "$1"
}

# is_fresh waits until every shelf of every page has fresh books.
is_fresh() { eventually 30 without_losing_a_book "$1" sleep 3; } # NAMESPACE

# totals is the last line of the load: requests=1200 failed=0 sorry=0 slowest=35ms.
totals() { kubectl --namespace "$1" logs load --tail 1; } # NAMESPACE

total() { totals "$1" | sed -n "s/.*$2=\([0-9]*\).*/\1/p"; } # NAMESPACE WHAT

load_has_answers() { (($(total "$1" requests) > 0)); } # NAMESPACE

no_page_failed() { # NAMESPACE
  local line
  line=$(totals "$1")
  echo "$line"
  [[ $line == *' failed=0 '* ]]
}

# load_ends deletes the load when what is on its way has come to an end, and says how it went.
load_ends() { # NAMESPACE
  local requests
  requests=$(total "$1" requests)
  sleep 6 # a page that takes five seconds has failed
  local more=$(($(total "$1" requests) - requests))
  ((more >= 4 * rate)) || { echo "only $more pages in six seconds"; return 1; }
  no_page_failed "$1" || return
  told=$(totals "$1")
  kubectl --namespace "$1" delete pod load --now --timeout=60s
}

# ---- what the services count

# metrics_of prints a pod's metrics. Its admin port is in no service, and other pods must not reach it.
metrics_of() { # NAMESPACE POD PORT
  local log address
  log=$(mktemp --tmpdir="$work")
  kubectl --namespace "$1" port-forward "pod/$2" ":$3" >"$log" 2>&1 &
  local pid=$! until=$((SECONDS + 15))
  until address=$(sed -n 's/^Forwarding from \(127[0-9.:]*\) .*/\1/p' "$log") && [[ -n $address ]]; do
    ((SECONDS < until)) || break
    sleep 0.1
  done
  curl --silent --show-error --fail --max-time 5 "http://$address/metrics"
  local code=$?
  kill $pid 2>/dev/null
  wait $pid 2>/dev/null
  return $code
}

# pods prints the pods of a service that are not about to end, the youngest last.
pods() { # NAMESPACE SERVICE
  kubectl --namespace "$1" get pods --selector "app.kubernetes.io/name=$2" --sort-by .metadata.creationTimestamp \
    --output 'jsonpath={range .items[*]}{.metadata.name} {.metadata.deletionTimestamp}{"\n"}{end}' | awk 'NF == 1 {print $1}'
}

# calls prints a line for each pod of recommendations: its name and how many recommendations it was asked for.
calls() { # NAMESPACE
  local pod running=()
  rm -f "$work"/calls.*
  for pod in $(pods "$1" recommendations); do
    metrics_of "$1" "$pod" 9051 | awk -v pod="$pod" '
      /^grpc_server_handled_total/ && /bookmarket.v1.RecommendationService/ {n += $NF} END {print pod, n + 0}' >"$work/calls.$pod" &
    running+=($!)
  done
  wait "${running[@]}" # not for all: a port may be forwarded meanwhile
  cat "$work"/calls.*
}

# shares prints how many per cent of ten seconds' calls each pod got, and fails unless all are within the limits.
shares() { # NAMESPACE PODS LOWEST HIGHEST
  local before
  before=$(calls "$1")
  sleep 10
  calls "$1" | awk -v before="$before" -v pods="$2" -v lowest="$3" -v highest="$4" '
    BEGIN {n = split(before, field); for (i = 1; i < n; i += 2) was[field[i]] = field[i + 1]}
    {got[$1] = $2 - was[$1]; all += got[$1]}
    END {
      for (pod in got) {
        share = all ? 100 * got[pod] / all : 0
        printf "%s %.0f %% of %d calls\n", pod, share, all
        if (share < lowest || share > highest) bad = 1
      }
      exit bad || NR != pods
    }'
}

# not_fresh counts the shelves that the marketplace could not fill afresh, and fails while it has filled none at all.
not_fresh() { # NAMESPACE
  metrics_of "$1" "$(pods "$1" marketplace | tail -n 1)" 9050 |
    awk '/^marketplace_shelves_total/ {if (/"fresh"/) fresh += $NF; else n += $NF} END {print n + 0; exit !fresh}'
}

# without_losing_a_book fails when the command does, or when a shelf was not fresh meanwhile.
without_losing_a_book() { # NAMESPACE COMMAND...
  local ns=$1 before after
  shift
  before=$(not_fresh "$ns") && "$@" && after=$(not_fresh "$ns") || return
  ((after == before)) && return
  echo "$((after - before)) shelves were not fresh"
  kubectl --namespace "$ns" logs "$(pods "$ns" marketplace | tail -n 1)" --since 3m | grep 'a page is not whole' | tail -n 5
  return 1
}

# ---- pods that end

# watch_ends writes into $work/ends what becomes of the shop's pods: NAME and, once it has ended, an exit code.
watch_ends() { # NAMESPACE
  [[ -z $watching ]] || kill "$watching" 2>/dev/null # of a chapter that failed
  kubectl --namespace "$1" get pods --selector 'app.kubernetes.io/name in (recommendations,marketplace)' --watch \
    --output 'jsonpath={.metadata.name} {.status.containerStatuses[0].state.terminated.exitCode}{"\n"}' >"$work/ends" 2>&1 &
  watching=$!
}

# ended_by_themselves fails unless every pod of the watch that is gone ended with code 0: the kubelet kills the others
# when their grace period is over.
ended_by_themselves() { # NAMESPACE
  kill "$watching" 2>/dev/null
  wait "$watching" 2>/dev/null
  local left
  left=$({ pods "$1" recommendations; pods "$1" marketplace; } | paste -sd' ')
  awk -v left="$left" '
    BEGIN {n = split(left, name, " "); for (i = 1; i <= n; i++) alive[name[i]]}
    NF == 1 {seen[$1]} NF > 1 {seen[$1]; code[$1] = $2}
    END {
      for (pod in seen) if (!(pod in alive)) {
        gone++
        if (code[pod] == "0") fine++; else print pod, "ended with", (pod in code) ? code[pod] : "no code"
      }
      printf "%d of %d pods ended with 0\n", fine, gone
      exit !gone || fine != gone
    }' "$work/ends"
}

all_ended() { # NAMESPACE
  [[ -z $(kubectl --namespace "$1" get pods --output 'jsonpath={.items[*].metadata.deletionTimestamp}') ]]
}

# ---- the shop on PostgreSQL, which the following chapters share

load_postgres() {
  docker image inspect postgres:17-alpine >/dev/null 2>&1 || docker pull --quiet postgres:17-alpine || return
  load_images postgres:17-alpine
}

postgres() { # NAMESPACE
  local uid
  uid=$(docker run --rm --entrypoint id postgres:17-alpine -u postgres) &&
    kubectl --namespace "$1" create secret generic database --from-literal=password=only-for-this-test \
      --from-literal=uri=postgres://bookmarket:only-for-this-test@postgres:5432/bookmarket &&
    sed "s/UID/$uid/g" e2e/cluster/postgres.yaml | kubectl --namespace "$1" apply --filename - &&
    kubectl --namespace "$1" rollout status deployment/postgres --timeout=120s
}

# on_postgres brings the shop into a known state, from nothing or from what an earlier chapter left.
on_postgres() { # NAMESPACE REPLICAS
  if ! kubectl get namespace "$1" >/dev/null 2>&1; then
    check "a namespace that enforces restricted pods" create_namespace "$1" &&
      check "PostgreSQL" postgres "$1" || return
  fi
  check "the shop on PostgreSQL, with $2 of recommendations" timeout 300 \
    helm upgrade --install bookmarket helm/bookmarket --dependency-update --namespace "$1" --wait --timeout 240s \
    --values e2e/cluster/on-postgres.yaml --set "recommendations.replicaCount=$2" &&
    check "no pod is left from before" eventually 60 all_ended "$1"
}

# hook_succeeded looks for the job among the events: it is deleted when it has succeeded.
hook_succeeded() { # NAMESPACE JOB
  kubectl --namespace "$1" get events --field-selector "involvedObject.kind=Job,involvedObject.name=$2,reason=Completed" --output name | grep .
}

learns() { # NAMESPACE
  kubectl --namespace "$1" create job --from=cronjob/bookmarket-recommendations-train learn &&
    kubectl --namespace "$1" wait job learn --for=condition=Complete --timeout=240s
}

new_models() { # NAMESPACE
  local pod
  for pod in $(pods "$1" recommendations); do
    kubectl --namespace "$1" logs "$pod" | grep -c '"new model"'
  done
}

# every_pod_has_a_second_model: the first is of the popular books.
every_pod_has_a_second_model() { ! new_models "$1" | grep -vqx '[2-9]'; } # NAMESPACE

# learning: the jobs of the chart.
learning() { # NAMESPACE
  on_postgres "$1" 1 &&
    check "the migration ran as a hook" hook_succeeded "$1" bookmarket-recommendations-migrate &&
    check "the training job learns" learns "$1" &&
    check "the pod that serves has the learned model" eventually 30 every_pod_has_a_second_model "$1"
}

# dial starts a pod that tries an address for some seconds.
dial() { # NAMESPACE NAME LABELS ADDRESS
  load_pod "$1" "$2" "$3" --dial "$4" --for 6s
}

ended() { # NAMESPACE POD
  [[ $(kubectl --namespace "$1" get pod "$2" --output 'jsonpath={.status.phase}') == [SF]* ]]
}

# said waits for the end of a dial, and prints what it said.
said() { eventually 60 ended "$1" "$2" && kubectl --namespace "$1" logs "$2"; } # NAMESPACE NAME

connects() { said "$1" "$2" | tee "$work/dial" && grep -qx connected "$work/dial"; } # NAMESPACE NAME

# is_kept_out is not the contrary of connects: it wants the packets to vanish, not a port where nobody listens.
is_kept_out() { said "$1" "$2" | tee "$work/dial" && grep -qE 'timeout|deadline' "$work/dial"; } # NAMESPACE NAME

pod_address() { kubectl --namespace "$1" get pod "$2" --output 'jsonpath={.status.podIP}'; } # NAMESPACE POD

dials() { # NAMESPACE RECOMMENDATIONS MARKETPLACE
  local ours='app.kubernetes.io/part-of: bookmarket' other='app: other'
  dial "$1" ours-recommendations "$ours" "$2:50051" && dial "$1" other-recommendations "$other" "$2:50051" &&
    dial "$1" other-marketplace "$other" "$3:5000" &&
    dial "$1" ours-admin-1 "$ours" "$2:9051" && dial "$1" ours-admin-2 "$ours" "$3:9050"
}

# isolation: the network policies.
isolation() { # NAMESPACE
  local ns=$1 recommendations marketplace
  on_postgres "$ns" 1 || return
  recommendations=$(pods "$ns" recommendations)
  marketplace=$(pods "$ns" marketplace)
  check "five pods that try to connect" dials "$ns" "$(pod_address "$ns" "$recommendations")" "$(pod_address "$ns" "$marketplace")" &&
    check "a pod of the shop reaches recommendations" connects "$ns" ours-recommendations &&
    check "another pod does not" is_kept_out "$ns" other-recommendations &&
    check "anybody reaches the marketplace" connects "$ns" other-marketplace &&
    check "both admin ports answer" admin_ports_answer "$ns" "$recommendations" "$marketplace" &&
    check "and no pod reaches that of recommendations" is_kept_out "$ns" ours-admin-1 &&
    check "nor that of the marketplace" is_kept_out "$ns" ours-admin-2
}

admin_ports_answer() { # NAMESPACE RECOMMENDATIONS MARKETPLACE
  metrics_of "$1" "$2" 9051 && metrics_of "$1" "$3" 9050
}

replicas() { # NAMESPACE REPLICAS
  kubectl --namespace "$1" scale deployment/bookmarket-recommendations --replicas "$2"
}

# balancing: replicas that come share the calls, and those that go are not missed.
balancing() { # NAMESPACE
  on_postgres "$1" 1 &&
    check "$rate pages a second" load_begins "$1" &&
    check "one of recommendations becomes three" replicas "$1" 3 &&
    check "within 60 s each gets 20 to 45 % of the calls" eventually 60 shares "$1" 3 20 45 &&
    sed 's/^/    /' "$work/attempt" &&
    check "three become one, and no page misses a fresh book" without_losing_a_book "$1" back_to_one "$1" &&
    check "which gets all calls" shares "$1" 1 100 100 &&
    check "no page failed" load_ends "$1" && echo "    $told"
}

back_to_one() { # NAMESPACE
  replicas "$1" 1 && eventually 90 only_one "$1"
}

only_one() { # NAMESPACE
  (($(kubectl --namespace "$1" get pods --selector app.kubernetes.io/name=recommendations --output name | wc -l) == 1))
}

# rollouts: each service in turn gets new pods, again and again.
rollouts() { # NAMESPACE
  local ns=$1 round
  on_postgres "$ns" 2 || return
  check "$rate pages a second" load_begins "$ns" || return
  watch_ends "$ns"
  for ((round = 1; round <= ROUNDS; round++)); do
    # A marketplace that has just come is given its first pages, or they would count against recommendations.
    check "round $round: the books are fresh" is_fresh "$ns" &&
      check "round $round: recommendations restarts and no page misses a fresh book" \
        without_losing_a_book "$ns" restart "$ns" bookmarket-recommendations &&
      check "round $round: the marketplace restarts" restart "$ns" bookmarket-marketplace &&
      check "round $round: no page failed" no_page_failed "$ns" || return
  done
  check "the last old pod is gone" eventually 60 all_ended "$ns" &&
    check "every pod ended within its grace period" ended_by_themselves "$ns" &&
    check "recommendations goes away" scale "$ns" bookmarket-recommendations 0 &&
    check "recommendations comes back" scale "$ns" bookmarket-recommendations 2 &&
    check "the books are fresh again" is_fresh "$ns" &&
    check "no page failed" load_ends "$ns" && echo "    $told" && used "$ns"
}

# used prints what the pods use, where a metrics server tells: it is measured, not asserted.
used() { # NAMESPACE
  kubectl --namespace "$1" top pods 2>"$work/top" | sed 's/^/    /' || echo "    what the pods use is not known: $(cat "$work/top")"
}

# ---- the version before, whose sources are checked out at $previous

build_previous() {
  local service
  git worktree add --force --detach "$previous" "$PREVIOUS" || return
  for service in recommendations marketplace; do
    DOCKER_BUILDKIT=1 timeout 600 docker build --tag "bookmarket/$service:e2e-previous" --file "$previous/$service/Dockerfile" "$previous" || return
  done
  load_images bookmarket/recommendations:e2e-previous bookmarket/marketplace:e2e-previous
}

# no_claim_ends succeeds where no claim waits for its last pod. Helm takes such a one for there, and then misses it.
no_claim_ends() { # NAMESPACE
  [[ -z $(kubectl --namespace "$1" get persistentvolumeclaims --output 'jsonpath={.items[*].metadata.deletionTimestamp}') ]]
}

# release installs or upgrades the shop by a chart, with the marketplace of these sources.
release() { # NAMESPACE CHART SOURCES [OPTION...]
  local ns=$1 chart=$2 known=$3/docs/config.md suited=()
  # A marketplace does not start with a setting that it does not know. The load comes from one address.
  if grep -q MARKETPLACE_RATE_LIMIT "$known"; then
    suited+=(--set marketplace.config.MARKETPLACE_RATE_LIMIT=0)
    # The chart before passes on every setting, but its schema knows no such.
    grep -q MARKETPLACE_RATE_LIMIT "$chart/../marketplace/values.yaml" || suited+=(--skip-schema-validation)
  fi
  if ! grep -q MARKETPLACE_COOKIE_KEY "$known" && grep -q '^cookieKey:' "$chart/../marketplace/values.yaml"; then
    suited+=(--set marketplace.cookieKey.create=false)
  fi
  shift 3
  eventually 60 no_claim_ends "$ns" || return
  timeout 300 helm upgrade --install bookmarket "$chart" --namespace "$ns" --dependency-update --reset-values \
    --wait --timeout 240s "${suited[@]}" "$@"
}

# images are settings of a release: those of before for the services that are named.
before() { # SERVICE...
  local service
  for service; do echo "--set=$service.image.tag=e2e-previous"; done
}

# versions: from the version before to this one and back, at once and half.
versions() { # NAMESPACE
  local ns=$1 old=$previous/helm/bookmarket new=helm/bookmarket
  check "the images of $PREVIOUS are built and in the cluster" build_previous &&
    check "a namespace that enforces restricted pods" create_namespace "$ns" &&
    check "the version before is installed" release "$ns" "$old" "$previous" "$(before recommendations)" "$(before marketplace)" &&
    check "$rate pages a second" load_begins "$ns" && watch_ends "$ns" &&
    check "helm upgrade to this version" release "$ns" "$new" . &&
    check "its books are fresh" is_fresh "$ns" &&
    check "helm rollback to the version before" timeout 300 helm rollback bookmarket 1 --namespace "$ns" --wait --timeout 240s &&
    check "its books are fresh" is_fresh "$ns" &&
    check "this version's marketplace before the old recommendations" release "$ns" "$old" . "$(before recommendations)" &&
    check "its books are fresh" is_fresh "$ns" &&
    check "the old marketplace before this version's recommendations" release "$ns" "$new" "$previous" "$(before marketplace)" &&
    check "its books are fresh" is_fresh "$ns" &&
    check "the last old pod is gone" eventually 60 all_ended "$ns" &&
    check "every pod ended within its grace period" ended_by_themselves "$ns" &&
    check "no page failed" load_ends "$ns" && echo "    $told"
}
