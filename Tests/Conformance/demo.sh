#!/usr/bin/env bash
# Starts the collector on its defaults and points the simulator at it: demo.sh [path of postmeter].
set -euo pipefail
postmeter=${1:-.build/release/postmeter}
"$postmeter" serve &
collector=$!
trap 'kill "$collector" 2>/dev/null; wait "$collector"' EXIT
trap 'exit 130' INT TERM

# Up to 20 seconds, unless the collector ends before.
for _ in {1..100}; do
    kill -0 "$collector" 2>/dev/null || exit 1
    if curl -fs -o /dev/null http://127.0.0.1:4381/livez; then break; fi
    sleep 0.2
done
echo
"$postmeter" simulate --provider resend --agents 20 --rate 50 --duration 60 --compress 3 --bad-agent agent-003 \
    --target http://127.0.0.1:4380/hooks/demo --secret-file postmeter-data/demo.secret
echo
echo "the collector goes on; its figures: http://127.0.0.1:9464/metrics (end it with Ctrl-C)"
wait "$collector"
