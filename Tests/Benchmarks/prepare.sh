#!/usr/bin/env bash
# Puts the peers of `make bench-intake` under .build/peers: a server in Go, and nginx, of which no service starts.
# Does nothing when all is there.
set -euo pipefail
cd "$(dirname "$0")/../.."
out=.build/peers
mkdir -p "$out"
Tests/Conformance/unpack.sh "$out" nginx usr/sbin/nginx
if [[ ! $out/go-http -nt Tests/Benchmarks/go/main.go ]]; then
    # Go wants a folder for its cache, which some accounts have none for.
    GOCACHE=${GOCACHE:-$PWD/$out/go-cache} GOTOOLCHAIN=local go build -o "$out/go-http" Tests/Benchmarks/go/main.go
fi
