#!/usr/bin/env bash
# Unpacks a package of Debian's into a folder of its name, unless its program is there: unpack.sh FOLDER PACKAGE
# PROGRAM. Nothing is installed, no service starts.
set -euo pipefail
out=$1 name=$2 program=$3
[[ ! -x $out/$name/$program ]] || exit 0
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
