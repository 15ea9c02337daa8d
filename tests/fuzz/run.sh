#!/usr/bin/env bash
# Fuzzes every target for a while, each from its corpus and from what earlier runs found.
# usage: run.sh SECONDS
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}/fuzz
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
one='
  build=$0 seconds=$1 here=$2 what=$3
  mkdir -p "$build/found/$what" "$build/crashes"
  if "$build/tests/fuzz_$what" -max_total_time="$seconds" -timeout=10 -rss_limit_mb=2048 -print_final_stats=1 \
    -artifact_prefix="$build/crashes/$what-" "$build/found/$what" "$here/corpus/$what" >"$build/$what.log" 2>&1; then
    printf "ok - %s: %s inputs\n" "$what" "$(sed -n "s/^stat::number_of_executed_units: *//p" "$build/$what.log")"
  else
    printf "%s\nnot ok - %s: see %s and %s\n" "$(tail -n 40 "$build/$what.log")" "$what" "$build/$what.log" "$build/crashes"
  fi
'
for target in "$here"/fuzz_*.c; do
  name=$(basename "$target" .c)
  echo "${name#fuzz_}"
done | xargs -P "${JOBS:-2}" -I{} bash -c "$one" "$build" "$1" "$here" {}
