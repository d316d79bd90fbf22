#!/usr/bin/env bash
# Runs the conformance tests against a release binary: run.sh [path of postmeter] [arguments of pytest].
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
root=$(cd "$here/../.." && pwd)
export POSTMETER=${1:-$root/.build/release/postmeter}
[[ $POSTMETER == /* ]] || POSTMETER=$PWD/$POSTMETER
shift || true
"$here/prepare.sh"
cd "$here"
exec "$root/.build/conformance/venv/bin/python" -B -m pytest "$@"
