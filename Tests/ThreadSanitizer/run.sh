#!/usr/bin/env bash
# Builds and runs the unit tests under ThreadSanitizer; any report fails the run.
# Arguments go to swift test, for example --filter FoldTests.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/Tests/ThreadSanitizer
swift build --build-tests --sanitize=thread
shim=$PWD/.build/tsan_mutex.so
# The toolchain's own clang, since gcc does not know Swift's calling convention.
clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
[[ $shim -nt $here/mutex.c ]] || "$clang" -O2 -Wall -Wextra -Werror -fPIC -shared -o "$shim" "$here/mutex.c" -ldl
export TSAN_OPTIONS="suppressions=$here/suppressions.txt history_size=4"
# Colours would hide the closing line from whoever reads it in a log.
export NO_COLOR=1
# The shim is for the test process alone: swift test itself is not instrumented.
bundle=$(swift build --build-tests --sanitize=thread --show-bin-path)/postmeterPackageTests.xctest
run() {
    LD_PRELOAD=$shim "$bundle" --testing-library swift-testing "$@"
}
if [[ $# -gt 0 ]]; then
    run "$@"
    exit
fi
# Those that wait for peers run by themselves: beside tests that compute for minutes their peers' patience ends.
waiting='PostmeterTransportTests|PostmeterExportTests|PostmeterTests\.'
run --filter "$waiting"
run --skip "$waiting"
