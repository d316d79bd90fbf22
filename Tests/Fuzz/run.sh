#!/usr/bin/env bash
# Fuzzes with libFuzzer in an AddressSanitizer build of its own: run.sh [TARGET|all] [SECONDS] [libFuzzer's arguments].
#
# Without arguments it fuzzes each target for 60 seconds. What is found is left in .build-fuzz/found/TARGET, grown
# corpora in .build-fuzz/grown/TARGET; the committed corpus is only read. See README.md beside this file.
set -euo pipefail
cd "$(dirname "$0")/../.."
here=$PWD/Tests/Fuzz
work=${POSTMETER_FUZZ_FOLDER:-$PWD/.build-fuzz}
target=${1:-all}
seconds=${2:-60}
shift $(($# < 2 ? $# : 2))
mkdir -p "$work"

build=(swift build -c release --product PostmeterFuzz --scratch-path "$work" --sanitize address
    -Xswiftc -sanitize=fuzzer -Xswiftc -enable-testing -Xcc -fsanitize=fuzzer-no-link)
if ! POSTMETER_FUZZ=1 "${build[@]}" >"$work/build.log" 2>&1; then
    grep -E 'error' "$work/build.log" || tail -n 40 "$work/build.log"
    echo "the build failed: $work/build.log"
    exit 1
fi
program=$(POSTMETER_FUZZ=1 "${build[@]}" --show-bin-path 2>/dev/null)/PostmeterFuzz

# The runtime's own backtracer hides the crash from libFuzzer.
export SWIFT_BACKTRACE=enable=no
# What is cached for the life of the process is no leak of an input.
export ASAN_OPTIONS=${ASAN_OPTIONS:-detect_leaks=0:allocator_may_return_null=1}

targets=("$target")
if [[ $target == all ]]; then mapfile -t targets < <("$program"); fi
status=0
for name in "${targets[@]}"; do
    mkdir -p "$work/grown/$name" "$work/found/$name"
    log=$work/$name.log
    options=(-max_total_time="$seconds" -max_len=4096 -timeout=10 -rss_limit_mb=1024 -print_final_stats=1
        -artifact_prefix="$work/found/$name/")
    [[ -f $here/dictionaries/$name.dict ]] && options+=(-dict="$here/dictionaries/$name.dict")
    code=0
    # To a file, not a pipe: a reader that ends early would leave the fuzzer hanging.
    timeout -k 10 $((seconds + 120)) "$program" "$name" "${options[@]}" "$@" \
        "$work/grown/$name" "$here/corpus/$name" >"$log" 2>&1 || code=$?
    runs=$(sed -n 's/^stat::number_of_executed_units: *//p' "$log")
    printf '%-20s %12s runs in %s s: %s\n' "$name" "${runs:-?}" "$seconds" "$([[ $code == 0 ]] && echo holds || echo "FAILED ($code), see $log")"
    if [[ $code != 0 ]]; then
        status=1
        grep -E '^does not hold|ERROR:|SUMMARY:|Fatal error|Test unit written' "$log" || tail -n 20 "$log"
    fi
done
exit $status
