#!/bin/bash
# Every command and every option of the tool, one by one: what it prints, where, and its exit code.
. "$(dirname "$0")/lib.sh"
healthy=$images/healthy
broken=$images/broken

# ---- Help and mistakes ----

for help in --help -h help; do
    run $help
    exits 0 "marshealth $help"
    silent "marshealth $help"
    for command in test collect plan repair undo history call operations baseline checks schema version; do
        prints "^  $command "
    done
done
for command in test collect plan repair undo history call operations baseline checks schema version; do
    for help in --help -h; do
        run $command $help
        exits 0 "$command $help"
        silent "$command $help"
        prints "^usage: marshealth $command "
        prints '^  -h, --help'
    done
    run help $command
    prints "^usage: marshealth $command "
    run $command --no-such-option
    exits 3 "$command with an option that is not there"
    says "see marshealth $command --help"
    run $command one two three
    exits 3 "$command with too many words"
    says 'one|two|three'
done
# Every option of the help is one that the command takes.
for command in test collect checks; do
    "$program" $command --help > help.txt
    for option in $(grep -Eo -- '--[a-z-]+' help.txt | sort -u | grep -vx -e --help -e --evidence -e --image); do
        run $command "$option"
        that "$command knows $option" bash -c '! grep -q "unrecognized option" err'
    done
done
run
exits 3 'no command'
says '^usage: marshealth'
run no-such-command
exits 3 'a command that is not there'
says 'no command "no-such-command"'
run schema
exits 3 'schema of nothing'
says 'needs evidence\|report\|plan\|outcome'
run schema no-such-schema
exits 3 'a schema that is not there'
says 'no-such-schema'
run test --jobs 0 --image "$healthy"
exits 3 'no jobs'
says '\-\-jobs wants'
run test --jobs x --image "$healthy"
exits 3 'jobs that are no number'
for command in test checks version; do
    run $command --format no-such-format
    exits 3 "$command in a format that is not there"
    says 'no-such-format'
done
run checks --format junit
exits 3 'checks in a format that reports only have'
for command in test collect; do
    run $command --image "$healthy" --check no.such-check
    exits 3 "$command with a check that is not there"
    says 'no.such-check'
    run $command --image "$healthy" --check ''
    exits 3 "$command with an empty check"
done
run collect --image "$healthy" --image "$broken"
exits 3 'collect of two images'
says 'collect reads one machine at a time'
run test
exits 3 'test of this machine, which is not Windows'
says .

# ---- version, checks, schema ----

for version in version --version; do
    run $version
    exits 0 "$version"
    prints '^marshealth [0-9]+\.[0-9]+\.[0-9]+ \(ABI [0-9]+\)$'
    silent "$version"
done
run version --format json
holds 'version as JSON' '.version and .abi == 1 and .evidence == "marshealth/evidence/1" and .report == "marshealth/report/1"'

run checks
exits 0 checks
silent checks
for id in agent.installed schedule.enabled powershell.module-path shadow.writers; do
    prints "$id"
done
run checks --format json
exits 0 'checks as JSON'
holds 'checks as JSON' 'type == "array" and all(.[]; .check and .title and (.verdicts | length > 0))'
cp out checks.json
run checks --format json -o file.json
exits 0 'checks into a file'
that 'the file has it, stdout nothing' bash -c 'cmp file.json checks.json && test ! -s out'

validates() { # SCHEMA DOCUMENT DESCRIPTION
    python3 -c 'import json, sys, jsonschema
schema = json.load(open(sys.argv[1])); jsonschema.Draft202012Validator.check_schema(schema)
jsonschema.Draft202012Validator(schema).validate(json.load(open(sys.argv[2])))' "$1" "$2" > out 2> err
    code=$?
    exits 0 "$3"
}
for document in evidence report plan outcome; do
    run schema $document -o $document.schema
    exits 0 "schema $document"
    that "schema $document" jq -e '."$schema" and .type == "object"' $document.schema
done
if python3 -c 'import jsonschema' 2> /dev/null; then
    for image in healthy broken; do
        "$program" collect --image "$images/$image" -o $image.json
        "$program" collect --image "$images/$image" --redact -o $image-redacted.json
        "$program" test --image "$images/$image" --format json > $image-report.json
        validates evidence.schema $image.json "evidence of $image follows its schema"
        validates evidence.schema $image-redacted.json "redacted evidence of $image follows its schema"
        validates report.schema $image-report.json "the report of $image follows its schema"
    done
else
    skip 'documents follow their schemas' 'the Python package jsonschema is not there'
fi

# ---- collect ----

run collect --image "$broken"
exits 0 collect
silent collect
holds 'collect prints evidence' '.schema == "marshealth/evidence/1" and .machine.computer_name.value == "MARS-DEMO-02"'
run collect --image "$broken" -o broken.json
exits 0 'collect into a file'
that 'the file has it, stdout nothing' bash -c 'test ! -s out && jq -e .schema broken.json'
run collect --image "$broken" --redact
exits 0 'collect --redact'
that 'no name of the server is left' bash -c '! grep -q -e MARS-DEMO-02 -e "${PWD}" out'
run collect --image "$broken" --check schedule -o part.json
exits 0 'collect for one group'
run test --evidence part.json --check schedule --format json
cp out part-report.json
run test --image "$broken" --check schedule --format json
that 'what was collected for a group judges that group alike' \
    bash -c 'f() { jq -S .findings "$1"; }; cmp <(f out) <(f part-report.json)'
run collect --image "$broken" --verbose
exits 0 'collect --verbose'
says 'collecting schedule'
that 'stdout has the evidence only' jq -e .schema out

# ---- test: exit codes, formats, options ----

run test --image "$healthy"
exits 0 'a healthy image'
silent 'a healthy image'
prints 'nothing keeps the next backup from starting'
run test --image "$broken"
exits 2 'a broken image'
silent 'a broken image'
prints 'the next backup will not start'
run test --image "$broken" --check schedule.multiple-instances
exits 1 'a warning alone'
run test --image "$broken" --check schedule.action
exits 0 'information alone'
run test --image "$broken" --check shadow --check agent.version --format json
exits 2 'a group and a check'
holds 'a group and a check' '([.findings[].check] | unique) == ["agent.version", "shadow.storage", "shadow.writers"]'
cp -a "$healthy" unknown
rm unknown/Windows/System32/config/SOFTWARE
run test --image unknown
exits 3 'a blocking check that is unknown'
run test --image unknown --unknown-ok
exits 0 'the same with --unknown-ok'
cp -a "$healthy" uncaptured
rm uncaptured/captures/vssadmin-*
run test --image uncaptured
exits 0 'a check that is unknown and does not block'


cp -a "$healthy" renamed
(
    cd renamed || exit
    mv Windows windows && mv windows/System32 windows/SYSTEM32 && mv windows/SYSTEM32/config windows/SYSTEM32/Config
    mv windows/SYSTEM32/Config/SOFTWARE windows/SYSTEM32/Config/software && mv 'Program Files' 'PROGRAM FILES'
)
for path in renamed renamed/ "$PWD/renamed//" ./renamed/../renamed; do
    run test --image "$path"
    exits 0 "names in another case, as $path"
done
odd=$(printf 'caf\351')
mv renamed "$odd"
run test --image "$odd"
exits 3 'a folder whose name is not UTF-8'
says 'not valid UTF-8'
mv "$odd" "it's 100% Größe"
run test --image "it's 100% Größe"
exits 0 'a folder with an odd name'

run test --image "$broken" --format json
exits 2 'json'
silent json
holds json '.schema == "marshealth/report/1" and .next_backup.starts == "no" and (.findings | length) == ([.summary[]] | add)'
cp out one.json
run test --image "$broken" --format jsonl
that 'jsonl is one line' test "$(wc -l < out)" -eq 1
# Two runs may be in two seconds.
that 'jsonl is the same as json' bash -c 'cmp <(jq -S "del(.collected)" out) <(jq -S "del(.collected)" one.json)'
run test --image "$broken" --format nagios
exits 2 nagios
that 'nagios is one line' test "$(wc -l < out)" -eq 1
that 'nagios is less than 2 KB' test "$(wc -c < out)" -lt 2048
prints '^MARSHEALTH CRITICAL - .* \| .*fail='
run test --image "$healthy" --format nagios
prints '^MARSHEALTH OK'
run test --image "$broken" --format junit
exits 2 junit
that 'junit counts its failures' test "$("$xml_query" 'count(//failure) = number(//testsuite/@failures)' < out)" = true
that 'junit counts its cases' test "$("$xml_query" 'count(//testcase) = number(//testsuite/@tests)' < out)" = true

run test --image "$healthy"
that 'passes are only counted' bash -c '! grep -q "^PASS" out'
run test --image "$healthy" --all
prints '^PASS agent.installed'
run test --image "$broken" --verbose
exits 2 '--verbose'
printf '{"schema": "marshealth/baseline/1", "agent_version": "2.0.9506.0",
         "files": [{"path": "Other.dll", "size": 1, "sha256": "%064d"}]}' 0 > baseline.json
run test --image "$healthy" --baseline baseline.json --check powershell.module-integrity
exits 2 'a baseline of other files'
prints 'Other.dll'

# Colours only for a terminal, and not where they are not wanted.
if command -v script > /dev/null; then
    terminal() { script -qec "$1" /dev/null > out < /dev/null; }
    escape=$(printf '\033')
    terminal "'$program' test --image '$broken'"
    prints "$escape"
    terminal "'$program' test --image '$broken' --no-color"
    that '--no-color' bash -c '! grep -q "$1" out' - "$escape"
    terminal "NO_COLOR=1 '$program' test --image '$broken'"
    that 'NO_COLOR' bash -c '! grep -q "$1" out' - "$escape"
    terminal "NO_COLOR= '$program' test --image '$broken'"
    prints "$escape"
else
    skip colours 'the program script is not there'
fi
run test --image "$broken"
that 'no colours in a file' bash -c '! grep -q "$1" out' - "$(printf '\033')"

finish
