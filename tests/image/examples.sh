#!/usr/bin/env bash
# The command line tool, end to end, on the example images: what it finds, the forms of its output, its exit codes.
set -uo pipefail
: "${MARSHEALTH:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}"
command -v jq >/dev/null || { echo "there is no jq"; exit 77; }
healthy=$EXAMPLE_IMAGES/healthy
broken=$EXAMPLE_IMAGES/broken
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH" || exit 1
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    cat out messages 2>/dev/null | tail -n 30
    echo "not ok - $1"
    failed=1
  fi
}

# Runs the tool; its output is in out and messages. True if it ends as expected.
exits() { # EXIT_CODE ARGUMENT...
  local code=0
  timeout 60 "$MARSHEALTH" "${@:2}" >out 2>messages || code=$?
  [ "$code" -eq "$1" ] || { echo "exit code $code, not $1: $*"; return 1; }
}

verdicts() { # FILE -> every verdict that is no pass, with its subject
  jq -r '.findings[] | select(.status != "pass") | "\(.status) \(.verdict) \(.subject)"' "$1" | sort
}

nothing_wrong_with_the_healthy_one() {
  exits 0 test --image "$healthy" --format json &&
    jq -e '.summary | .fail == 0 and .warn == 0 and .unknown == 0 and .pass > 0' out >/dev/null
}

# The table in examples/images/README.md, as verdicts.
faults='fail agent.version/cannot-connect
fail schedule.enabled/triggers-disabled
fail schedule.enabled/disabled
fail schedule.principal/administrators-not-elevated
warn schedule.multiple-instances/other-policy
fail powershell.execution-policy/restricted
fail powershell.module-path/not-found
fail powershell.module-integrity/reference-missing
fail shadow.storage/shortage-reported
warn shadow.storage/maximum-small
fail shadow.writers/failed-system'
every_fault_of_the_broken_one() {
  exits 2 test --image "$broken" --format json || return 1
  jq -r '.findings[] | "\(.status) \(.verdict)"' out >found
  local fault
  while read -r fault; do
    grep -qxF "$fault" found || { echo "not found: $fault"; return 1; }
  done <<<"$faults"
}

why_and_what_to_do() {
  exits 2 test --image "$broken" --format json &&
    jq -e '[.findings[] | select(.status == "fail" or .status == "warn") | select(.cause == null or .advice == null or .where == [])] == []' out
}

same_from_evidence() {
  exits 2 test --image "$broken" --format json && verdicts out >from_image &&
    exits 0 collect --image "$broken" -o evidence.json &&
    exits 2 test --evidence evidence.json --format json && verdicts out >from_evidence && diff from_image from_evidence
}

same_from_standard_input() {
  exits 0 collect --image "$broken" && "$MARSHEALTH" test --evidence - --format json <out >piped
  verdicts piped | diff from_image -
}

redacted() {
  exits 0 collect --image "$broken" --redact -o redacted.json && ! grep -qiE 'MARS-DEMO|91b6d0e8|c84e2f17' redacted.json &&
    exits 2 test --evidence redacted.json --format json && verdicts out | sed 's/ [^ ]*$//' | diff <(sed 's/ [^ ]*$//' from_image) -
}

several_sources() {
  exits 2 test --image "$healthy" --image "$broken" --format json &&
    jq -e 'map(.machine.computer_name) == ["MARS-DEMO-01", "MARS-DEMO-02"]' out >/dev/null &&
    exits 2 test --image "$broken" --image "$healthy" --format jsonl && [ "$(wc -l <out)" -eq 2 ] &&
    [ "$(jq -r .machine.computer_name out | paste -sd ' ')" = "MARS-DEMO-02 MARS-DEMO-01" ]
}

one_that_cannot_be_judged() {
  mkdir -p empty
  exits 3 test --image empty --image "$healthy" --format json && grep -q empty messages &&
    jq -e '.[0].schema == "marshealth/error/1" and .[1].summary.fail == 0' out >/dev/null
}

one_line_for_nagios() {
  exits 2 test --image "$broken" --format nagios && [ "$(wc -l <out)" -eq 1 ] && grep -q '^MARSHEALTH CRITICAL' out
}

junit() {
  exits 2 test --image "$broken" --format junit && grep -q '^<?xml' out && grep -q '<failure' out || return 1
  ! command -v xmllint >/dev/null || xmllint --noout out
}

warnings_only() { exits 1 test --image "$broken" --check schedule.multiple-instances; }
nothing_to_judge() { exits 3 test --image empty && [ ! -s out ] && [ -s messages ]; }
wrong_usage() { exits 3 test --no-such-option && [ -s messages ] && exits 3 test --check no.such --image "$healthy"; }

unknown() {
  [ -d blind ] || cp -R "$healthy" blind
  printf 'no hive' >blind/Windows/System32/config/SOFTWARE
  rm -rf blind/captures
  exits 3 test --image blind --check powershell.execution-policy && exits 0 test --image blind --check powershell.execution-policy --unknown-ok
}

left_as_it_was() {
  local before
  before=$(cd "$broken" && find . -type f -exec cksum {} + | sort)
  exits 2 test --image "$broken" && exits 0 collect --image "$broken" &&
    [ "$before" = "$(cd "$broken" && find . -type f -exec cksum {} + | sort)" ]
}

no_output_file_where_nothing_was_judged() {
  exits 3 test --image empty -o report.txt || return 1
  exits 3 collect --image empty -o none.json && [ ! -e none.json ]
}

check "the healthy server has no fault" nothing_wrong_with_the_healthy_one
check "every fault of the broken server is found" every_fault_of_the_broken_one
check "every fault has its place, cause and advice" why_and_what_to_do
check "saved evidence is judged like the image" same_from_evidence
check "evidence is read from standard input" same_from_standard_input
check "redacted evidence names nobody and is judged the same" redacted
check "several sources come in the order given" several_sources
check "a source that cannot be judged keeps its place" one_that_cannot_be_judged
check "Nagios gets one line" one_line_for_nagios
check "JUnit is XML with failures" junit
check "only warnings: exit code 1" warnings_only
check "nothing to judge: exit code 3, a message, no output" nothing_to_judge
check "wrong usage: exit code 3" wrong_usage
check "a blocking check unknown: exit code 3, or 0 with --unknown-ok" unknown
check "judging and collecting change nothing in the image" left_as_it_was
check "no half output is left" no_output_file_where_nothing_was_judged
exit "$failed"
