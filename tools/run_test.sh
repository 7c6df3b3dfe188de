#!/usr/bin/env bash
# Tests `make run` as a newcomer meets it: in a terminal, until Ctrl-C, and when a service dies.
set -uo pipefail
cd "$(dirname "$0")/.." || exit
work=$(mktemp -d) passed=0 failed=0 run=
trap '[ -z "$run" ] || kill "$run" 2>/dev/null; rm -rf "$work"' EXIT

closed() { ! (: <"/dev/tcp/localhost/$1") 2>/dev/null; }

# Five ports in a row that nobody listens on.
while base=$((20000 + RANDOM % 10000)); do
  closed $base && closed $((base + 1)) && closed $((base + 2)) && closed $((base + 3)) && closed $((base + 4)) && break
done
export MARKETPLACE_HTTP_ADDR=:$base MARKETPLACE_GRPC_ADDR=:$((base + 1)) MARKETPLACE_ADMIN_ADDR=:$((base + 2))
export RECOMMENDATIONS_GRPC_ADDR=:$((base + 3)) RECOMMENDATIONS_ADMIN_ADDR=:$((base + 4))
# The store of a first start, and not that of whoever runs this.
export RECOMMENDATIONS_DATABASE_URL=sqlite:$work/recommendations.db
unset RECOMMENDATIONS_HOST MARKETPLACE_RECOMMENDATIONS_HOST

# within repeats a command until it succeeds.
within() { # SECONDS COMMAND...
  local deadline=$((SECONDS + $1))
  shift
  until "$@" 2>/dev/null; do
    [ $SECONDS -lt $deadline ] || return 1
    sleep 0.1
  done
}

said() { grep -q -- "$1" "$work/output"; }

quiet() { ! said '\*\*\*'; }

page() {
  exec 3<>"/dev/tcp/localhost/$base" && printf 'GET / HTTP/1.0\r\nHost: localhost\r\n\r\n' >&3 &&
    timeout 5 cat <&3 | grep 'class="book' >/dev/null # -q would leave cat without a reader.
}

# child prints the process id of a service that this run started.
child() { # SERVICE
  local process program
  for process in /proc/[0-9]*; do
    IFS= read -r -d '' program <"$process/cmdline" || continue
    [ "$program" = "bin/$1" ] && grep -q "^PPid:[[:space:]]$run\$" "$process/status" && echo "${process#/proc/}"
  done 2>/dev/null
}

silent() { closed $base && closed $((base + 3)); }

# check counts one expectation.
check() { # WHAT COMMAND...
  local what=$1
  shift
  if "$@" 2>/dev/null; then
    passed=$((passed + 1))
  else
    failed=$((failed + 1))
    echo "FAIL: $scenario: $what"
    cat "$work/output"
  fi
}

start() { # SCENARIO COMMAND...
  scenario=$1
  shift
  : >"$work/output"
  "$@" <&4 >"$work/output" 2>&1 &
  run=$!
}

gone() { ! kill -0 "$run"; }

# ended waits for the command and puts its exit code into code.
ended() {
  within 20 gone || kill "$run"
  wait "$run" 2>/dev/null
  code=$?
  run=
}

is_up() { within 120 said "Bookmarket is at http://localhost:$base/"; }

mkfifo "$work/keyboard"
exec 4<>"$work/keyboard"
# Only a terminal turns the key Ctrl-C into a signal, or can be closed: script(1) is one. A program
# in the background of a script ignores the signal unless env says otherwise, and one under nohup the
# other signal.
# shellcheck disable=SC2016 # $? is for the terminal's shell.
terminal=(env --default-signal=INT --default-signal=HUP script -qfec 'make run; echo "exit code $?"' /dev/null)
start "Ctrl-C" "${terminal[@]}"
check "the address is printed" is_up
check "the page shows books" within 5 page
printf '\003' >&4
ended
check "make ends with exit code 0" said '^exit code 0'
check "make reports no error" quiet
check "nobody listens any more" silent

start "a closed terminal" "${terminal[@]}"
check "the address is printed" is_up
kill -KILL "$run"
ended
check "nobody listens any more" within 15 silent

start "SIGTERM" tools/run.sh
check "the address is printed" is_up
kill "$run"
ended
check "the exit code is 0" test $code -eq 0
check "nobody listens any more" silent

for service in recommendations marketplace; do
  start "$service dies" tools/run.sh
  check "the address is printed" is_up
  kill -KILL "$(child "$service")"
  ended
  check "the exit code is not 0" test $code -ne 0
  check "the service is named" said "^$service ended"
  check "nobody listens any more" silent
done

RECOMMENDATIONS_LOG_LEVEL=loud start "a wrong setting" tools/run.sh
ended
check "the exit code is not 0" test $code -ne 0
check "the setting is named" said RECOMMENDATIONS_LOG_LEVEL
check "nobody listens any more" silent

echo "$passed passed, $failed failed"
[ $failed -eq 0 ]
