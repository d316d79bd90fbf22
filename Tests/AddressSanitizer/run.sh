#!/usr/bin/env bash
# Builds and runs the unit tests under AddressSanitizer; any report fails the run.
# Arguments go to swift test, for example --filter FoldTests. It has a build folder of its own, since it is not
# run with every commit and must not throw the other builds away.
set -euo pipefail
cd "$(dirname "$0")/../.."
build=(swift build --build-tests --sanitize=address --scratch-path .build-asan)
"${build[@]}"
export NO_COLOR=1
# Cells and tables of bounds live as long as the process, by design, for the handles that name them; many are only
# pointed to from mapped memory, which the search for leaks does not look into.
export ASAN_OPTIONS="detect_leaks=0 detect_stack_use_after_return=1 strict_string_checks=1"
bundle=$("${build[@]}" --show-bin-path)/postmeterPackageTests.xctest
exec "$bundle" --testing-library swift-testing "$@"
