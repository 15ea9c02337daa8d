#!/bin/bash
# plan, repair, undo, history, call, operations and baseline, from outside: what they say, what they change, and their
# exit codes.
. "$(dirname "$0")/lib.sh"

module='Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'
policy='powershell.execution-policy'

# A fresh copy of the broken image, in the folder server.
fresh() {
    rm -rf server
    cp -a "$images/broken" server
    contents > before.txt
}

# Every file but the record of repairs, with its digest.
contents() {
    (cd server && find . -path ./ProgramData/MarsHealth -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

unchanged() {
    contents > after.txt
    that "$1: no byte is changed" cmp before.txt after.txt
}
changed() {
    contents > after.txt
    that "$1: something is changed" bash -c '! cmp -s before.txt after.txt'
}
unrecorded() { that "$1: nothing is recorded" bash -c '! find server/ProgramData/MarsHealth -name run.jsonl | grep -q .'; }
status_of() { "$program" test --image server --check "$1" --format json | jq -r '.findings[0].status'; }

# ---- What is offered ----

run test --image "$images/broken" --check $policy --format json
holds 'a finding names its repair' '.findings[0].repairs[0] | .operation == "powershell.set-execution-policy"
    and .arguments.policy == "RemoteSigned" and .needs == [] and .undo == "exact"'
run test --image "$images/healthy" --format json
holds 'a healthy server is offered nothing' 'all(.findings[]; .repairs == [])'

run operations
exits 0 operations
silent operations
run operations --format json
holds 'operations have the schema of their arguments' 'all(.[]; .operation and .risk and .undo and .arguments.type == "object")'
for operation in powershell.set-execution-policy powershell.add-module-path powershell.restore-module task.enable \
    task.enable-triggers task.set-principal task.set-multiple-instances shadow.resize service.set-start service.start \
    service.stop service.restart dotnet.enable-strong-crypto; do
    holds "operations have $operation" "any(.[]; .operation == \"$operation\")"
done

# ---- plan ----

fresh
run plan --image server
exits 0 plan
silent plan
prints 'RemoteSigned'
run plan --image server --format json
holds 'a plan' '.schema == "marshealth/plan/1" and .machine.computer_name == "MARS-DEMO-02" and (.steps | length) > 3'
holds 'each step says what it is for' 'all(.steps[]; (.for | length) > 0 and all(.for[]; .check and .verdict))'
holds 'what needs the running server is held with the reason' \
    'all(.steps[] | select(.operation | startswith("task.")); .take == false and (.held | length) > 0)'
holds 'what no check can know is needed' 'any(.steps[]; .operation == "powershell.restore-module" and .needs == ["source"] and .take == false)'
run plan --image server --check $policy -o policy.json
exits 0 'a plan into a file'
that 'a file named .json gets JSON' jq -e '.steps | length == 1' policy.json
"$program" collect --image server -o evidence.json
run plan --evidence evidence.json --check $policy --format json
holds 'a plan from saved evidence' '.steps[0].operation == "powershell.set-execution-policy"'
run plan --image server --set nonsense
exits 3 'plan --set without a value'
says nonsense
run plan --image server --set no.such-operation.argument=1
exits 3 'plan --set of an operation that is not there'
says 'no.such-operation'
run plan --image server --include-risk enormous
exits 3 'a risk that is none'
says enormous
unchanged 'planning'

# ---- repair and undo ----

run repair --image server < /dev/null
exits 2 'a repair that nobody confirmed'
says '\-\-yes'
unchanged 'a repair that nobody confirmed'
unrecorded 'a repair that nobody confirmed'

run repair --image server --what-if
exits 0 'repair --what-if'
prints 'RemoteSigned'
that 'repair --what-if: there is nothing to undo' bash -c '! grep -q ^Undo out'
unchanged 'repair --what-if'
unrecorded 'repair --what-if'

run repair --image server --yes --format json
exits 0 repair
holds 'a repair' '.schema == "marshealth/outcome/1" and .state == "applied" and .run_id != null'
holds 'each change says what was and what is' 'all(.steps[].changes[]; .target and .before and .after)'
id=$(jq -r .run_id out)
changed 'a repair'
for check in $policy powershell.module-path; do
    that "$check passes" test "$(status_of $check)" = pass
done
run repair --image server --yes --format json
exits 0 'a second repair'
holds 'a second repair has nothing to do' '.state == "nothing-to-do" and .run_id == null'

run history --image server --format json
exits 0 history
holds 'history has the run' ".runs | length == 1 and .[0].id == \"$id\" and .[0].state == \"applied\" and .[0].undone_by == null"
run history --image server
prints "$id"

contents > before-undo.txt
run undo --image server < /dev/null
exits 2 'an undo that nobody confirmed'
says 'comes back: .*"RemoteSigned" -> "Restricted"'
that 'an undo that nobody confirmed brings nothing back' bash -c '! grep -q "comes back" out'
run undo --image server --what-if
exits 0 'undo --what-if'
contents > after.txt
that 'undo --what-if: no byte is changed' cmp before-undo.txt after.txt
run undo --image server --yes --format json
exits 0 undo
holds 'an undo' ".state == \"applied\" and .undoes == \"$id\""
holds 'an undo says which values came back with a file' \
    'any(.notes[]; test("ExecutionPolicy: \"RemoteSigned\" -> \"Restricted\"")) and any(.notes[]; test("PSModulePath: "))'
holds 'an undo of what needs a restart advises one' '.restart_advised == true'
unchanged 'a repair and its undo'
run undo --image server --yes "$id"
exits 2 'a second undo'
says 'already taken back'
run history --image server --format json
holds 'history says what took it back' ".runs | length == 2 and any(.[]; .id == \"$id\" and .undone_by != null)"
run undo --image server --yes no-such-run
exits 3 'undo of a run that is not there'
says no-such-run

# ---- Plans that were edited, or are another's ----

fresh
run repair --image server --plan policy.json --yes
exits 0 'repair --plan'
that 'the plan is applied' test "$(status_of $policy)" = pass
run repair --image server --plan policy.json --yes --format json
holds 'a plan that is applied already' '.state == "nothing-to-do" and .steps[0].state == "already-good"'
fresh
jq '.steps[0].take = false' policy.json > edited.json
run repair --image server --plan edited.json --yes
exits 0 'a step that was taken out of the plan'
unchanged 'a step that was taken out of the plan'
rm -rf other
cp -a "$images/healthy" other
run repair --image other --plan policy.json --yes
exits 2 'a plan for another machine'
says 'MARS-DEMO-0'
run repair --image other --plan policy.json --yes --any-machine
exits 0 'a plan for another machine, which is wanted'
for hostile in '{}' '[]' 'x' '{"schema":"marshealth/plan/1"}' \
    '{"schema":"marshealth/plan/1","machine":{},"steps":[{"operation":"no.such","arguments":{},"for":[]}]}'; do
    printf '%s' "$hostile" > hostile.json
    run repair --image server --plan hostile.json --yes
    exits 3 "a hostile plan: $hostile"
    says 'hostile.json'
done
run repair --image server --plan policy.json --check $policy
exits 3 'a plan and a check'
run repair --image server --plan no-such-file --yes
exits 3 'a plan that is not there'
unchanged 'hostile plans'

# ---- call ----

fresh
run call powershell.set-execution-policy '{"policy": "RemoteSigned"}' --image server --yes
prints '^Undo +marshealth undo [^ ]+ --image server$'
run undo --image server --yes --format json
holds 'an undo of what needs no restart advises none' '.restart_advised == false'
mv server "a server's"
run call powershell.set-execution-policy '{"policy": "RemoteSigned"}' --image "a server's" --yes
command=$(sed -n 's/^Undo *marshealth //p' out)
that 'the command that takes it back can be copied' bash -c "\"$program\" $command --yes"
mv "a server's" server
unchanged 'calls and their undo'
run call service.set-start '{"service": "VSS", "start": "manual"}' --image server --yes --format json
holds 'a start type that is so already is no change' '.state == "nothing-to-do" and .run_id == null'
fresh
run call powershell.set-execution-policy '{"policy": "RemoteSigned"}' --image server --yes
exits 0 call
that 'the operation is done' test "$(status_of $policy)" = pass
run undo --image server --yes
unchanged 'an operation and its undo'
run call no.such-operation '{}' --image server --yes
exits 3 'an operation that is not there'
says 'no.such-operation'
for arguments in '{}' '{"policy": "Bypass"}' '{"policy": "RemoteSigned", "scope": "CurrentUser"}' '{"policy": 1}' 'x' '[]' \
    '{"policy": "RemoteSigned"'; do
    run call powershell.set-execution-policy "$arguments" --image server --yes
    exits 3 "call with $arguments"
    says .
done
run call service.set-start '{"service": "obengine /x", "start": "automatic"}' --image server --yes
exits 3 'a service name with a switch'
run call service.set-start '{"service": "Spooler", "start": "automatic"}' --image server --yes
exits 2 'a service that is none of our business'
prints Spooler
run call task.enable '{"task": "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"}' --image server --yes --format json
exits 2 'an operation that needs the running server'
holds 'it is held with the reason' '.state == "stopped" and .steps[0].state == "held" and (.steps[0].message | length) > 0'
unchanged 'calls that were refused'

# ---- baseline and restore-module ----

run baseline "$images/healthy/$module" -o healthy.json
exits 0 baseline
that 'a baseline names the agent' jq -e '.agent_version' healthy.json
run test --image "$images/healthy" --check powershell.module-integrity --baseline healthy.json --format json
holds 'the healthy module equals its baseline' '.findings[0].verdict == "powershell.module-integrity/equals-baseline"'
run baseline no-such-folder
exits 3 'a baseline of nothing'
says no-such-folder

fresh
cp -a "$images/healthy/$module" good-module
run repair --image server --check powershell.module-integrity --set "powershell.restore-module.source=$PWD/good-module" \
    --baseline healthy.json --yes
exits 2 'a baseline of another agent'
unchanged 'a baseline of another agent'
run baseline good-module -o good.json --agent-version 2.0.9070.0
run repair --image server --check powershell.module-integrity --set "powershell.restore-module.source=$PWD/good-module" \
    --baseline good.json --yes --format json
exits 0 'restoring the module'
that 'the module is whole' test "$(status_of powershell.module-integrity)" != fail
run undo --image server --yes
exits 0 'undo of restoring the module'
unchanged 'restoring the module and its undo'

# ---- Machines that cannot be changed, and runs side by side ----

if [ "$(id -u)" -ne 0 ]; then
    fresh
    chmod -R a-w server
    run repair --image server --yes
    exits 3 'a server that is read-only'
    chmod -R u+w server
    unchanged 'a server that is read-only'
else
    skip 'a server that is read-only' 'root can write everything'
fi
fresh
"$program" repair --image server --yes > first.txt 2> first.err &
one=$!
"$program" repair --image server --yes > second.txt 2> second.err &
two=$!
wait $one
first=$?
wait $two
second=$?
that 'of two repairs at once each is done or refused' bash -c "[[ $first =~ ^[02]$ && $second =~ ^[02]$ ]] && [ $((first + second)) -le 2 ]"
run history --image server --format json
holds 'two repairs at once are one run' '.runs | length == 1'
run undo --image server --yes
unchanged 'two repairs at once, and the undo'

finish
