#!/bin/bash
# Damaged, hostile and unreadable input: the tool says which file is wrong and why, within the time limit, and
# calls nothing good that it could not read.
. "$(dirname "$0")/lib.sh"

config=Windows/System32/config
agent='Program Files/Microsoft Azure Recovery Services Agent'
module="$agent/bin/Modules/MSOnlineBackup"
tasks=Windows/System32/Tasks/Microsoft/OnlineBackup
task="$tasks/Microsoft-OnlineBackup"

# A fresh copy of the healthy image, in the folder image.
fresh() {
    name=$1
    rm -rf image
    cp -a "$images/healthy" image
}

judge() { run test --image image --format json; }

# refused PATTERN: nothing is judged, and a message that matches says why.
refused() {
    judge
    exits 3 "$name is refused"
    says "$1"
    holds "$name: the error is in the output, too" '.schema == "marshealth/error/1"'
}

# unknown CHECK PATTERN: the check is judged unknown on some subject, for the reason that matches, and passes there
# in no part.
unknown() {
    that "$name: $1 is unknown" jq -e --arg check "$1" --arg why "$2" \
        'any(.findings[]; .check == $check and .status == "unknown" and all(.also[]; .status != "pass")
             and ([.title, .cause, .where[]] | join(" ") | test($why)))' out
}

# store_u32 FILE OFFSET VALUE, little-endian; load_u32 FILE OFFSET
store_u32() {
    local hex
    hex=$(printf '%08x' "$3")
    printf "\\x${hex:6:2}\\x${hex:4:2}\\x${hex:2:2}\\x${hex:0:2}" \
        | dd of="$1" bs=1 seek="$2" conv=notrunc status=none
}
load_u32() { od -An -tu4 -j "$2" -N 4 "$1" | tr -d ' '; }

# ---- Hives ----

fresh 'an empty SYSTEM'
: > image/$config/SYSTEM
refused 'image/Windows/System32/config/SYSTEM: '

fresh 'a SYSTEM that is no hive'
seq 5000 > image/$config/SYSTEM
refused 'image/Windows/System32/config/SYSTEM: '

fresh 'a SYSTEM of zeros'
head -c 65536 /dev/zero > image/$config/SYSTEM
refused 'image/Windows/System32/config/SYSTEM: '

fresh 'a SYSTEM that is a folder'
rm image/$config/SYSTEM
mkdir image/$config/SYSTEM
refused 'SYSTEM'

fresh 'a SYSTEM that is a named pipe'
rm image/$config/SYSTEM
mkfifo image/$config/SYSTEM
refused 'SYSTEM'

fresh 'a SOFTWARE that is no hive'
seq 5000 > image/$config/SOFTWARE
judge
exits 3 "$name"
unknown agent.installed SOFTWARE
unknown schedule.tasks-present SOFTWARE
holds "$name: a warning names it" 'any(.source.warnings[]; test("SOFTWARE"))'

fresh 'no DEFAULT'
rm image/$config/DEFAULT
judge
exits 3 "$name"
unknown powershell.execution-policy DEFAULT
unknown powershell.module-path DEFAULT

size=$(stat -c %s "$images/healthy/$config/SYSTEM")
for part in 4096 8192 $((size / 2)) $((size - 1)); do
    fresh "SYSTEM cut off at $part"
    head -c "$part" "$images/healthy/$config/SYSTEM" > image/$config/SYSTEM
    judge
    if [ "$code" -eq 3 ] && [ -s err ]; then
        says SYSTEM
    else
        holds "$name: a warning says so" 'any(.source.warnings[]; test("SYSTEM is cut off"))'
    fi
done

fresh 'a SYSTEM whose tree leads back to its root'
root=$(load_u32 image/$config/SYSTEM 36)
list=$(load_u32 image/$config/SYSTEM $((4096 + root + 4 + 28)))
count=$(($(load_u32 image/$config/SYSTEM $((4096 + list + 4))) >> 16))
for ((i = 0; i < count; i++)); do
    store_u32 image/$config/SYSTEM $((4096 + list + 8 + 8 * i)) "$root"
done
judge
exits 3 "$name"
unknown powershell.module-path SYSTEM

fresh 'a SYSTEM whose list of keys is itself a key'
store_u32 image/$config/SYSTEM $((4096 + root + 4 + 28)) "$root"
judge
exits 3 "$name"

fresh 'a SYSTEM of 200 MB'
truncate -s 200M image/$config/SYSTEM
judge
that "$name: it is judged, or refused with its name" \
    bash -c '[ "$1" -eq 0 ] || { [ "$1" -eq 3 ] && grep -q SYSTEM err; }' - "$code"

fresh 'a SYSTEM of 5 GB'
truncate -s 5G image/$config/SYSTEM
refused 'SYSTEM: '

# Every exit code is fine here; crashes and hangs are not, and run sees them.
for hive in SYSTEM SOFTWARE; do
    size=$(stat -c %s "$images/healthy/$config/$hive")
    before=$failed
    for ((i = 0; i < 40; i++)); do
        fresh "$hive with byte $((4096 + i * (size - 4096) / 40)) changed"
        printf '\xff\xff\xff\x7f' \
            | dd of=image/$config/$hive bs=1 seek=$((4096 + i * (size - 4096) / 40)) conv=notrunc status=none
        judge
    done
    that "$hive with changed bytes" test "$failed" -eq "$before"
done

# ---- Tasks ----

bad_task() { # NAME PATTERN; the definition comes from standard input
    fresh "$1"
    cat > "image/$task"
    judge
    exits 3 "$name"
    for check in schedule.enabled schedule.principal schedule.multiple-instances schedule.action; do
        unknown "$check" "$2"
    done
    rm -f "image/$task"
}

bad_task 'a task of 50 MB' 'Microsoft-OnlineBackup' < <(yes '<Task/>' | head -c 50000000)
bad_task 'a task of nothing' 'Microsoft-OnlineBackup' < /dev/null
bad_task 'a task that is no XML' 'Microsoft-OnlineBackup' < <(echo 'not XML')
bad_task 'entities in entities' 'Microsoft-OnlineBackup' << 'XML'
<?xml version="1.0"?>
<!DOCTYPE Task [
<!ENTITY a "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa">
<!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">
<!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">
<!ENTITY e "&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;">
]>
<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Settings>&e;</Settings></Task>
XML
bad_task 'an entity that is a file' 'Microsoft-OnlineBackup' << 'XML'
<?xml version="1.0"?>
<!DOCTYPE Task [<!ENTITY x SYSTEM "file:///etc/passwd">]>
<Task xmlns="http://schemas.microsoft.com/windows/2004/02/mit/task"><Settings><Enabled>&x;</Enabled></Settings></Task>
XML
that 'a file outside does not get into the report' bash -c '! grep -q root: out'
bad_task 'elements 100,000 deep' 'Microsoft-OnlineBackup' < <(yes '<a>' | head -n 100000 | tr -d '\n')

fresh 'a task that is a named pipe'
rm "image/$task"
mkfifo "image/$task"
judge
exits 3 "$name"
unknown schedule.enabled 'Microsoft-OnlineBackup'

# ---- The agent's files ----

for seed in resource-data-far resource-loop resource-deep version-length-large header-far; do
    fresh "cbengine.exe like $seed"
    cp "$repository/tests/fuzz/corpus/pe/$seed" "image/$agent/bin/cbengine.exe"
    judge
    unknown agent.version 'cbengine.exe'
done

fresh 'a cbengine.exe of 300 MB'
truncate -s 300M "image/$agent/bin/cbengine.exe"
judge
unknown agent.version 'cbengine.exe'

fresh 'a manifest that would run a program'
printf "@{\n RootModule = \$(New-Item '%s/was-run')\n ModuleVersion = '2.0'\n}\n" "$scratch" > "image/$module/MSOnlineBackup.psd1"
judge
that "$name: it is not run" test ! -e was-run
holds "$name: it is not called intact without a word" \
    'any(.findings[]; .check == "powershell.module-integrity" and .status != "pass")'

fresh 'a manifest 100,000 deep'
yes '@(' | head -n 100000 | tr -d '\n' > "image/$module/MSOnlineBackup.psd1"
judge
exits 3 "$name"
unknown powershell.module-integrity 'MSOnlineBackup.psd1'

fresh 'a log of 3 GB'
truncate -s 3G "image/$agent/Temp/CBEngineCurr.errlog"
judge
exits 0 "$name"

fresh 'a log that is a named pipe'
rm "image/$agent/Temp/CBEngineCurr.errlog"
mkfifo "image/$agent/Temp/CBEngineCurr.errlog"
judge
exits 0 "$name"

# ---- Captures ----

bad_capture() { # NAME FILE CHECK; the content comes from standard input
    fresh "$1"
    cat > "image/captures/$2"
    judge
    unknown "$3" "captures/$2"
}
storage=vssadmin-list-shadowstorage.txt
writers=vssadmin-list-writers.txt
ebcdic=$(iconv -f UTF-8 -t IBM037 "$images/healthy/captures/$storage" | base64)
bad_capture 'a capture in EBCDIC' $storage shadow.storage < <(base64 -d <<< "$ebcdic")
bad_capture 'a capture of noise' $storage shadow.storage < <(head -c 4096 "$images/healthy/$config/SOFTWARE")
bad_capture 'an empty capture' $storage shadow.storage < /dev/null
bad_capture 'an empty capture of writers' $writers shadow.writers < /dev/null
bad_capture 'a capture of 100 MB' $writers shadow.writers < <(yes "Writer name: 'X'" | head -c 100000000)
bad_capture 'a capture cut off in a writer' $writers shadow.writers < <(head -c 700 "$images/healthy/captures/$writers")
fresh 'a volumes.json 100,000 deep'
yes '[' | head -n 100000 | tr -d '\n' > image/captures/volumes.json
judge
exits 3 "$name"
unknown prereq.unsupported-volumes 'captures/volumes.json'

# ---- Links and names ----

for target in "$images/healthy/$config/SYSTEM" ../../../../outside/SYSTEM SYSTEM /dev/zero; do
    fresh "SYSTEM as a link to $target"
    mkdir -p outside
    cp "$images/healthy/$config/SYSTEM" outside/SYSTEM
    rm image/$config/SYSTEM
    ln -s "$target" image/$config/SYSTEM
    refused 'SYSTEM'
done

fresh 'the folder Windows as a link out of the image'
rm -r image/Windows
ln -s "$images/healthy/Windows" image/Windows
refused 'Windows'

fresh 'the module as a link out of the image'
rm -r "image/$module"
ln -s "$images/healthy/$module" "image/$module"
judge
exits 3 "$name"
unknown powershell.module-integrity 'MSOnlineBackup'

fresh 'a task as a link out of the image'
rm "image/$task"
ln -s "$images/healthy/$task" "image/$task"
judge
unknown schedule.enabled 'Microsoft-OnlineBackup'

fresh 'a folder that is a link to itself'
rm -r "image/$agent"
ln -s 'Microsoft Azure Recovery Services Agent' "image/$agent"
judge
exits 3 "$name"
unknown agent.installed 'Microsoft Azure Recovery Services Agent'

fresh 'two names that differ only by case'
cp -a "image/$module" "image/$agent/bin/Modules/msonlinebackup"
judge
exits 3 "$name"
unknown powershell.module-integrity 'MSOnlineBackup'

# ---- Not an image ----

name='a folder that is no image'
rm -rf image
mkdir image
refused 'image.*system drive'
name='a file instead of a folder'
rmdir image
echo x > image
refused 'image is not a folder'
name='nothing at all'
rm image
refused 'image: there is no such folder'

fresh 'no permission'
chmod 000 image/$config/SYSTEM
if [ "$(id -u)" -ne 0 ]; then
    refused 'SYSTEM'
    chmod 000 image
    refused 'image: access was denied'
    chmod 755 image
elif command -v setpriv > /dev/null && setpriv --reuid=65534 --clear-groups test -x "$program" -a -x .; then
    chmod 777 .
    for locked in image/$config/SYSTEM image; do
        chmod 000 "$locked"
        timeout "$time_limit" setpriv --reuid=65534 --clear-groups "$program" test --image image > out 2> err
        code=$?
        exits 3 "$name: $locked"
        says 'access was denied'
        chmod 755 "$locked"
    done
else
    skip 'no permission' 'this is root, and setpriv is missing'
fi

# ---- Evidence and baselines ----

run collect --image "$images/healthy" -o good.json
exits 0 'collect'

bad_evidence() { # NAME PATTERN; the document comes from standard input
    cat > bad.json
    run test --evidence bad.json --format json
    exits 3 "$1"
    says "bad.json.*$2|$2.*bad.json"
    holds "$1: the error is in the output, too" '.schema == "marshealth/error/1"'
}
bad_evidence 'an empty evidence file' . < /dev/null
bad_evidence 'evidence that is no JSON' . < <(echo 'not JSON')
bad_evidence 'evidence that is an array' . < <(echo '[]')
bad_evidence 'evidence without schema' schema < <(jq 'del(.schema)' good.json)
bad_evidence 'evidence of another schema' schema < <(jq '.schema = "marshealth/evidence/9"' good.json)
bad_evidence 'a report as evidence' schema < <("$program" test --image "$images/healthy" --format json)
bad_evidence 'evidence with two documents' . < <(cat good.json good.json)
bad_evidence 'evidence cut off' . < <(head -c 1000 good.json)
bad_evidence 'evidence 10,000 deep' . < <(yes '[' | head -n 10000 | tr -d '\n')
bad_evidence 'evidence with 10,000 levels inside' . \
    < <(jq -c '.agent = 0' good.json | sed "s/\"agent\":0/\"agent\":$(yes '{"a":' | head -n 10000 | tr -d '\n')0$(yes '}' | head -n 10000 | tr -d '\n')/")
bad_evidence 'evidence that is not UTF-8' . < <(printf '{"schema":"marshealth/evidence/1","x":"\xff"}')
bad_evidence 'evidence of 70 MB' 'larger|large|MiB' < <(head -c 70000000 /dev/zero | tr '\0' ' ')

rm bad.json
mkdir bad.json
run test --evidence bad.json
exits 3 'a folder as evidence'
says 'bad.json: '
rmdir bad.json

run test --evidence missing.json
exits 3 'evidence that is not there'
says 'missing.json: .*No such file'

# Wrong types and missing members: an error, or unknown; never a pass.
for row in 'agent agent[.](installed|version|registration)$' 'schedule schedule[.]' 'powershell powershell[.]' \
    'shadow shadow[.]' 'scratch scratch[.]' \
    'prereq prereq[.](dotnet|powershell|strong-crypto|offline-backup|pending-reboot)$' 'services services[.]' 'machine ^$' 'source ^$'; do
    group=${row%% *}
    for change in "del(.$group)" ".$group = 7" ".$group = {}" ".$group = null"; do
        jq "$change" good.json > bad.json
        run test --evidence bad.json --format json
        if [ "$code" -eq 3 ] && [ -s err ]; then
            says bad.json
        else
            that "evidence with $change: no check of the group passes" jq -e --arg of "${row#* }" \
                'all(.findings[] | select(.check | test($of)); .status != "pass" and .status != "info")' out
        fi
    done
done

echo '{"schema": "marshealth/baseline/1"}' > bad.json
run test --image "$images/healthy" --baseline bad.json
exits 3 'a baseline without files'
says baseline
run test --image "$images/healthy" --baseline missing.json
exits 3 'a baseline that is not there'
says 'missing.json'

finish
