#!/usr/bin/env bash
# Runs one step of a chore: its name, what it prints, how long it took.
#
#   scripts/step.sh NAME COMMAND...
set -uo pipefail

name=$1
shift
printf '==> %s\n' "$name"
start=${EPOCHREALTIME/[.,]/}
"$@"
status=$?
tenths=$(((${EPOCHREALTIME/[.,]/} - start) / 100000))
if [ "$status" -eq 0 ]; then
    printf '    %s: ok, %d.%d s\n' "$name" $((tenths / 10)) $((tenths % 10))
else
    printf '    %s: FAILED (exit %d), %d.%d s\n' "$name" "$status" $((tenths / 10)) $((tenths % 10))
fi
exit "$status"
