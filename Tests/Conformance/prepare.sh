#!/usr/bin/env bash
# Puts the peers of the conformance tests under .build/conformance: nothing is installed, no service starts.
# Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=Tests/Conformance
out=.build/conformance
mkdir -p "$out"

if ! cmp -s "$here/requirements.txt" "$out/venv/installed.txt"; then
    [[ -x $out/venv/bin/python ]] || python3 -m venv "$out/venv"
    "$out/venv/bin/python" -m pip install --quiet --disable-pip-version-check -r "$here/requirements.txt"
    cp "$here/requirements.txt" "$out/venv/installed.txt"
fi

"$here/unpack.sh" "$out" prometheus usr/bin/promtool
"$here/unpack.sh" "$out" nginx usr/sbin/nginx

if [[ ! $out/power_cut.so -nt $here/power_cut.c ]]; then
    cc -O2 -Wall -Wextra -Werror -fPIC -shared -o "$out/power_cut.so" "$here/power_cut.c" -ldl -lpthread
fi
