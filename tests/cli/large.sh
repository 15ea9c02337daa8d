#!/bin/bash
# Servers with much of everything: judged all the same, and soon.
. "$(dirname "$0")/lib.sh"
healthy=$repository/examples/images/healthy
cache='HKEY_LOCAL_MACHINE\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Schedule\TaskCache'
tasks=source/files/Windows/System32/Tasks
module='source/files/Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'

start() {
    name=$1
    rm -rf source
    mkdir -p source/registry
}
add_tasks() { # FOLDER COUNT: registered copies of the healthy task, disabled
    mkdir -p "$tasks/$1"
    local i definition
    definition=$(sed 's/<Enabled>true/<Enabled>false/' \
        "$healthy/files/Windows/System32/Tasks/Microsoft/OnlineBackup/Microsoft-OnlineBackup")
    for ((i = 0; i < $2; i++)); do
        printf '%s\n' "$definition" > "$tasks/$1/Task $i"
        printf '[%s\\Tree\\%s\\Task %d]\n"Id"="{00000000-0000-0000-0000-%012d}"\n' "$cache" "${1//\//\\}" "$i" "$i" \
            >> source/registry/many.reg
    done
}
judge() { # FORMAT
    if ! "$tools/make_image" --base "$healthy" source image 2> err; then
        fail "$name" 'the image could not be made'
        return
    fi
    local begun=$SECONDS
    run test --image image --format "$1"
    that "$name: judged within 20 s" test $((SECONDS - begun)) -lt 20
}

start '2,000 tasks of others'
add_tasks Example 2000
judge json
exits 0 "$name"
holds "$name: none of them is judged" 'all(.findings[]; .subject == null or (.subject | test("Example") | not))'

start '300 disabled tasks of the agent'
add_tasks Microsoft/OnlineBackup 300
judge json
exits 2 "$name"
holds "$name: all of them are" '[.findings[] | select(.verdict == "schedule.enabled/disabled")] | length == 300'
run test --image image --format nagios
that "$name: nagios is one line of less than 2 KB" bash -c 'test "$(wc -l < out)" -eq 1 && test "$(wc -c < out)" -lt 2048'
run collect --image image -o large.json
exits 0 "$name: collect"
run test --evidence large.json
exits 2 "$name: saved evidence"

start '6,000 files in the module'
mkdir -p "$module/many"
(cd "$module/many" && touch $(seq 6000))
judge json
exits 3 "$name"
holds "$name: too many to tell" 'any(.findings[]; .verdict == "powershell.module-integrity/unknown" and (.cause | test("5,000")))'

start '300 elements in PSModulePath'
{
    echo '[HKEY_LOCAL_MACHINE\SYSTEM\CurrentControlSet\Control\Session Manager\Environment]'
    printf '"PSModulePath"=str(2):"%s"\n' "$(seq -f 'C:\\\\Modules\\\\%g' -s ';' 300)"
} > source/registry/many.reg
judge json
exits 3 "$name"
holds "$name: unknown, not missing" 'any(.findings[]; .verdict == "powershell.module-path/unknown" and (.also | length == 0))'

finish
