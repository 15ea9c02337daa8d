#!/usr/bin/env bash
# Runs a Windows program in a prefix that is there already.
# usage: run.sh PREFIX PROGRAM [ARGUMENT...]
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
wine_use "$1"
shift
# Wine's server ends with its last program, and a program that starts at that moment is turned away before it has begun.
messages=$(mktemp)
trap 'rm -f "$messages"' EXIT
for _ in 1 2 3; do
  code=0
  wine "$@" 2>"$messages" || code=$?
  cat "$messages" >&2
  grep -q '^wine client error' "$messages" || break
done
exit "$code"
