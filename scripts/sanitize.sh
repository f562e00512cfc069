#!/usr/bin/env bash
# Builds the tests with a sanitizer and runs them, but for those of whole processes (EndToEndTests),
# in which the program would have to be built so too.
#
#   scripts/sanitize.sh address|thread
#
# FILTER chooses tests, V=1 shows every step, as with `make check`.
set -euo pipefail

cd "$(dirname "$0")/.."
sanitizer=${1:?address or thread}
preload=()
case $sanitizer in
    address)
        folder=.build-asan
        # Foundation keeps what it was given for every Process; that is no leak of adm's.
        export ASAN_OPTIONS=detect_leaks=0:detect_stack_use_after_return=0
        ASAN_OPTIONS+=:suppressions=$PWD/scripts/address-sanitizer.txt
        ;;
    thread)
        folder=.build-tsan
        export TSAN_OPTIONS=suppressions=$PWD/scripts/thread-sanitizer.txt
        # The compiler lies beside Swift's own.
        mkdir -p "$folder"
        clang=$(dirname "$(readlink -f "$(command -v swift)")")/clang
        "$clang" -shared -fPIC -O1 -o "$folder/mutex.so" scripts/thread-sanitizer-mutex.c
        preload=(env "LD_PRELOAD=$PWD/$folder/mutex.so")
        ;;
    *)
        printf 'sanitize: the sanitizer is address or thread, not %s\n' "$sanitizer" >&2
        exit 2
        ;;
esac

options=(--sanitize "$sanitizer" --scratch-path "$folder")
quiet=(--quiet)
[ -z "${V:-}" ] || quiet=()
scripts/step.sh "build with the $sanitizer sanitizer (the first takes long)" \
    swift build --build-tests "${options[@]}" "${quiet[@]}"

# What a sanitizer finds ends a test run badly, but its report alone counts: tests go on after a race.
log=$(mktemp)
trap 'rm -f "$log"' EXIT
status=0
scripts/step.sh "tests with the $sanitizer sanitizer" "${preload[@]}" swift test --skip-build --disable-xctest \
    --skip EndToEndTests "${options[@]}" "${quiet[@]}" ${FILTER:+--filter "$FILTER"} 2>&1 \
    | tee "$log" || status=$?
if grep -q -e 'SUMMARY: AddressSanitizer' -e 'SUMMARY: ThreadSanitizer' "$log"; then
    printf 'sanitize: the %s sanitizer found:\n' "$sanitizer" >&2
    grep -h SUMMARY "$log" | sort | uniq -c >&2
    exit 1
fi
exit "$status"
