#!/bin/bash
# Several sources in one call, saved evidence, standard input, and files that appear only when they are whole.
. "$(dirname "$0")/lib.sh"
healthy=$images/healthy
broken=$images/broken

# What stays the same when a source is read again.
findings() { jq -S '.findings, .summary, .machine, .next_backup' "$1"; }

# ---- Evidence ----

for image in healthy broken; do
    run collect --image "$images/$image" -o $image.json
    run test --image "$images/$image" --format json
    live=$code
    findings out > live.txt
    run test --evidence $image.json --format json
    exits $live "saved evidence of $image"
    findings out > saved.txt
    that "saved evidence of $image gives the same report" cmp live.txt saved.txt
    run test --evidence - --format json < $image.json
    exits $live "evidence of $image from standard input"
    findings out > saved.txt
    that "evidence of $image from standard input gives the same report" cmp live.txt saved.txt
    "$program" collect --image "$images/$image" --redact | timeout 60 "$program" test --evidence - --format json > out
    that "redacted evidence of $image gives the same verdicts" \
        bash -c 'f() { jq "[.findings[] | .verdict, .also[].verdict] | sort" "$1"; }; cmp <(f out) <('"$program"' test --evidence '$image'.json --format json | jq "[.findings[] | .verdict, .also[].verdict] | sort")'
done
run test --evidence - --evidence - --format jsonl < healthy.json
exits 3 'standard input can be read once only'

# ---- Several sources: order, formats, exit codes ----

names='healthy broken broken healthy healthy broken'
arguments=()
for image in $names; do
    arguments+=(--image "$images/$image")
done
for jobs in 1 2 7; do
    run test "${arguments[@]}" --format json --jobs $jobs
    exits 2 "six images, $jobs at a time"
    holds "six images, $jobs at a time, are an array in order" \
        'map(.machine.computer_name) == ["MARS-DEMO-01", "MARS-DEMO-02", "MARS-DEMO-02", "MARS-DEMO-01", "MARS-DEMO-01", "MARS-DEMO-02"]'
    jq -S 'map(del(.collected))' out > "jobs-$jobs.txt"
done
that 'the number of jobs changes nothing' bash -c 'cmp jobs-1.txt jobs-2.txt && cmp jobs-1.txt jobs-7.txt'
run test "${arguments[@]}" --format jsonl -j2
that 'jsonl: a line each' test "$(wc -l < out)" -eq 6
that 'jsonl: in order' test "$(jq -r .machine.computer_name out | tr '\n' ' ')" = \
    'MARS-DEMO-01 MARS-DEMO-02 MARS-DEMO-02 MARS-DEMO-01 MARS-DEMO-01 MARS-DEMO-02 '
run test "${arguments[@]}" --format junit
that 'junit: one document, a suite each' test "$("$xml_query" 'count(/testsuites/testsuite)' < out)" = 6
run test "${arguments[@]}" --format nagios
that 'nagios: a line each' test "$(wc -l < out)" -eq 6
run test "${arguments[@]}"
that 'text: a part each' test "$(grep -c '^Computer ' out)" -eq 6
run test --image "$healthy" --evidence broken.json --image "$healthy" --format jsonl
that 'images and evidence keep their order' test "$(jq -r .machine.computer_name out | tr '\n' ' ')" = \
    'MARS-DEMO-01 MARS-DEMO-02 MARS-DEMO-01 '

many=()
for ((i = 0; i < 200; i++)); do
    many+=(--evidence healthy.json)
done
run test "${many[@]}" --format jsonl --jobs 4
exits 0 '200 sources'
that '200 sources give 200 lines' test "$(wc -l < out)" -eq 200

run test --image "$healthy" --image "$healthy" --format json
exits 0 'two healthy images'
run test --image "$healthy" --image no-such-folder --format json
exits 3 'one of two cannot be judged'
says no-such-folder
holds 'each source has its place' 'length == 2 and .[0].schema == "marshealth/report/1" and .[1].schema == "marshealth/error/1" and .[1].source == "no-such-folder"'
run test --image no-such-folder --image "$broken" --format jsonl
exits 2 'one cannot be judged, the other fails'
holds 'jsonl: the error has its line' '.schema'
that 'jsonl: the error has its line' test "$(jq -r .schema out | tr '\n' ' ')" = 'marshealth/error/1 marshealth/report/1 '
run test --image no-such-folder --image "$healthy" --format junit
exits 3 'junit with an error'
that 'junit stays well-formed' "$xml_query" /testsuites < out

# ---- Output files ----

echo old > report.json
run test --image "$broken" --format json -o report.json
exits 2 'a report into a file'
that 'it replaces the file' jq -e .schema report.json
that 'stdout is empty' test ! -s out
that 'nothing else is left behind' test -z "$(find . -maxdepth 1 -name 'report.json?*')"
run test --image "$healthy" -o no-such-folder/report.json
exits 3 'a folder that is not there'
says 'no-such-folder/report.json'
echo old > old.json
run collect --image no-such-folder -o old.json
exits 3 'collect of nothing'
that 'an error leaves the file as it was' test "$(cat old.json)" = old
mkdir folder
run collect --image "$healthy" -o folder
exits 3 'a folder as output'
that 'nothing is left behind' test -z "$(find . -maxdepth 1 -name 'folder?*')"
if [ -e /dev/full ]; then
    timeout 60 "$program" test --image "$broken" > /dev/full 2> err
    code=$?
    exits 3 'output that cannot be written'
    says 'could not be written'
    timeout 60 "$program" checks > /dev/full 2> err
    code=$?
    exits 3 'output of checks that cannot be written'
fi
run test --image "$broken" --format json -o same.json -o other.json
that 'the last output counts' bash -c 'test ! -e same.json && test -e other.json'

finish
