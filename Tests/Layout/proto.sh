#!/usr/bin/env bash
# Generates the C of proto/ afresh and compares it with Sources/COTLP; with --write it replaces it.
set -euo pipefail
cd "$(dirname "$0")/../.."
draft=$(mktemp -d)
trap 'rm -rf "$draft"' EXIT
protoc-c --proto_path=proto --c_out="$draft" proto/*.proto
status=0
for source in "$draft"/*.pb-c.c "$draft"/*.pb-c.h; do
    name=$(basename "$source")
    place=Sources/COTLP/$name
    [[ $name == *.h ]] && place=Sources/COTLP/include/$name
    if [[ ${1:-} == --write ]]; then
        cp "$source" "$place"
    elif ! diff -u "$place" "$source"; then
        status=1
    fi
done
if (( status )); then
    echo "Sources/COTLP differs from what proto/ gives; run Tests/Layout/proto.sh --write and commit it" >&2
else
    echo "Sources/COTLP is what proto/ gives"
fi
exit $status
