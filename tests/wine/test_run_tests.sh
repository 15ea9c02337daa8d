#!/usr/bin/env bash
# run_tests.exe, with which the test programs run where there is no Wine: a few of them, one of which fails.
set -uo pipefail
: "${SCRATCH:?}" "${PREFIXES:?}" "${PROGRAMS:?}"
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
prefix_use "$PREFIXES" run_tests || exit 1

rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/programs" "$SCRATCH/fuzz/corpus/pe"
cp "$PROGRAMS"/{run_tests,test_version,fuzz_pe,test_win32_registry}.exe "$SCRATCH/programs/"
printf 'MZ' >"$SCRATCH/fuzz/corpus/pe/seed"
cd "$SCRATCH" || exit 1

failed=0
expect() { # CODE LINE [ARGUMENT...]      LINE: among what it prints
  local code=0
  wine_run programs/run_tests.exe "${@:3}" >out 2>&1 </dev/null || code=$?
  tr -d '\r' <out >lines
  if [ "$code" = "$1" ] && grep -qxF -- "$2" lines; then
    echo "ok - run_tests ${*:3}: $2"
  else
    failed=1
    echo "not ok - run_tests ${*:3}: exit code $code, not $1, or there is no line \"$2\""
    sed 's/^/#   /' lines
  fi
}

expect 0 '2 passed, 0 failed'
expect 0 'ok - test_version' test_version
expect 1 'not ok - test_missing' fuzz_pe test_missing
expect 0 '1 passed, 0 failed' live
rm programs/test_* programs/fuzz_*
expect 1 '0 passed, 0 failed'
exit "$failed"
