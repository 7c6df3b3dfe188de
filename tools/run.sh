#!/usr/bin/env bash
# Builds both services and runs them in this terminal until Ctrl-C or until one of them ends.
# Their settings are the usual environment variables (docs/config.md).
set -euo pipefail
cd "$(dirname "$0")/.."

# Job control (-m) gives each service a process group of its own, and this script the terminal:
# Ctrl-C then reaches neither make nor the services but this script, which ends in good order with
# exit code 0, so that make has no error to report. It is only to be had together with a terminal.
case $- in
  *m*) ;;
  *) [ ! -t 2 ] || exec bash -m tools/run.sh ;;
esac
started=$SECONDS

grpc_addr=${RECOMMENDATIONS_GRPC_ADDR:-:50051} http_addr=${MARKETPLACE_HTTP_ADDR:-:5000}
export RECOMMENDATIONS_HOST=${RECOMMENDATIONS_HOST:-localhost:${grpc_addr##*:}}
export RECOMMENDATIONS_REFLECTION=${RECOMMENDATIONS_REFLECTION:-true} RECOMMENDATIONS_LOG_FORMAT=${RECOMMENDATIONS_LOG_FORMAT:-text}
export MARKETPLACE_REFLECTION=${MARKETPLACE_REFLECTION:-true} MARKETPLACE_LOG_FORMAT=${MARKETPLACE_LOG_FORMAT:-text}

# quietly runs a command in the background, where it cannot take the terminal from this script.
quietly() { "$@" >/dev/null 2>&1 & wait $!; }

# finish ends both services and lets them drain. Where the terminal was closed, nothing can be said.
finish() { # EXIT-CODE MESSAGE
  trap '' INT TERM HUP
  kill "${pids[@]}" 2>/dev/null || true
  echo "$2" 2>/dev/null || true
  wait || true
  exit "$1"
}

# watch ends the script where a service has ended by itself.
watch() {
  kill -0 "${pids[0]}" 2>/dev/null || finish 1 "recommendations ended, so marketplace ends too."
  kill -0 "${pids[1]}" 2>/dev/null || finish 1 "marketplace ended, so recommendations ends too."
}

echo "Building both services; the first time this compiles their libraries, which takes a minute or more."
make --no-print-directory -s build

echo "Starting recommendations and marketplace."
pids=()
trap 'finish 0 "Ending both services."' INT TERM HUP
bin/recommendations & pids+=($!)
bin/marketplace & pids+=($!)

deadline=$((SECONDS + 20))
until quietly bin/recommendations healthcheck && quietly bin/marketplace healthcheck; do
  watch
  [ $SECONDS -lt $deadline ] || finish 1 "The services were not ready within 20 seconds."
  quietly sleep 0.1
done
watch # What answered may have been another Bookmarket, on whose ports ours could not start.
echo "Bookmarket is at http://localhost:${http_addr##*:}/ (Ctrl-C ends it); it took $((SECONDS - started)) s"

# Not `wait -n`: the bash of macOS has none.
while watch; do quietly sleep 0.5; done
