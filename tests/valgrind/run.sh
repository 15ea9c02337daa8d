#!/usr/bin/env bash
# The command line tool, end to end, under valgrind: no error, no block that nothing points to any more.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$build/valgrind
rm -rf "$work"
mkdir -p "$work"
images=$build/examples/images

run() { # NAME EXPECTED_EXIT_CODE ARGUMENT...
  local name=$1 expected=$2 code=0
  shift 2
  valgrind --quiet --error-exitcode=99 --leak-check=full --errors-for-leak-kinds=definite --show-leak-kinds=definite \
    --suppressions="$here/valgrind.supp" "$build/bin/marshealth" "$@" >"$work/output" 2>"$work/messages" || code=$?
  if [ "$code" -eq "$expected" ] && ! grep -q '^==[0-9]*==' "$work/messages"; then
    echo "ok - $name"
  else
    echo "not ok - $name: exit code $code, not $expected"
    cat "$work/messages"
  fi
}

if ! command -v valgrind >/dev/null; then
  echo "ok - the command line tool under valgrind # SKIP there is no valgrind"
  exit 0
fi
run "test of the healthy image" 0 test --image "$images/healthy"
run "test of the broken image" 2 test --image "$images/broken" --format json
run "test of both, at once" 2 test --image "$images/healthy" --image "$images/broken" --format junit
run "collect" 0 collect --image "$images/broken" -o "$work/evidence.json"
run "collect, redacted" 0 collect --image "$images/broken" --redact -o "$work/redacted.json"
run "test of evidence" 2 test --evidence "$work/evidence.json" --format jsonl
run "test of redacted evidence" 2 test --evidence "$work/redacted.json"
run "an image that is none" 3 test --image "$work"
run "the list of checks" 0 checks
run "a schema" 0 schema report
