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

# Unpacks a package of Debian's into a folder of its name, unless its program is there.
unpack() {
    local name=$1 program=$2
    [[ ! -x $out/$name/$program ]] || return 0
    rm -rf "$out/package"
    mkdir -p "$out/package"
    if ! (cd "$out/package" && apt-get download "$name"); then
        # A bare machine has no lists of packages yet.
        root=()
        [[ $(id -u) == 0 ]] || root=(sudo)
        "${root[@]}" apt-get update -q
        (cd "$out/package" && apt-get download "$name")
    fi
    dpkg -x "$out"/package/"$name"_*.deb "$out/$name"
    rm -rf "$out/package"
}

unpack prometheus usr/bin/promtool
unpack nginx usr/sbin/nginx

if [[ ! $out/power_cut.so -nt $here/power_cut.c ]]; then
    cc -O2 -Wall -Wextra -Werror -fPIC -shared -o "$out/power_cut.so" "$here/power_cut.c" -ldl -lpthread
fi
