#!/bin/bash
# Records of repairs that were damaged, forged, or could have been: nothing of them is believed, nothing is changed.
. "$(dirname "$0")/lib.sh"
sign_journal=$tools/sign_journal
module='Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'

# A repaired server, with a file and two hives changed; its run is $id, its record $record.
cp -a "$images/healthy/$module" good
"$program" baseline good -o good.json --agent-version 2.0.9070.0
cp -a "$images/broken" repaired
"$program" repair --image repaired --yes --check powershell --set "powershell.restore-module.source=$PWD/good" \
    --baseline good.json --format json > out || exit 1
id=$(jq -r .run_id out)
[ -d "repaired/ProgramData/MarsHealth/$id" ] || exit 1

fresh() {
    rm -rf server
    cp -a repaired server
    journals=server/ProgramData/MarsHealth
    record=$journals/$id
}

contents() { (cd "$1" && find . -path ./ProgramData/MarsHealth -prune -o -type f -print0 | sort -z | xargs -0 sha256sum); }
contents repaired > repaired.txt
contents "$images/broken" > broken.txt
untouched() {
    contents server > now.txt
    that "$1: nothing is changed" cmp now.txt repaired.txt
}

# refused DESCRIPTION WORDS [CODE]: undo is refused with these words, and changes nothing; history says so, and goes on.
refused() {
    run undo --image server --yes
    exits "${3:-2}" "$1: undo"
    says "$2"
    untouched "$1"
    run undo --image server --yes "$id" --force
    exits "${3:-2}" "$1: undo --force"
    untouched "$1, with --force"
}

unreadable_in_history() {
    run history --image server --format json
    exits 0 "$1: history"
    holds "$1: history says that it is unreadable" ".runs[] | select(.id == \"$id\") | .state == \"unreadable\" and .problem != null"
}

# forge FILTER: rewrites the lines of the journal, with checksums that are right.
forge() {
    jq -c "$1" "$record/run.jsonl" | "$sign_journal" > forged && cp forged "$record/run.jsonl"
}

fresh
jq -c . "$record/run.jsonl" | "$sign_journal" > signed
that 'the signed journal is the one that was written' cmp signed "$record/run.jsonl"

# ---- Who could have written it ----

for place in . "$id" "$id/run.jsonl"; do
    for right in g+w o+w; do
        fresh
        chmod "$right" "$journals/$place"
        refused "$place with $right" 'can be written by others'
    done
done
fresh
chmod g+w "$journals"
run repair --image server --yes
exits 2 'a repair with a record that others may write'
says 'can be written by others'
run history --image server
says 'can be written by others'
if [ "$(id -u)" -eq 0 ]; then
    for place in . "$id" "$id/run.jsonl"; do
        fresh
        chown 12345 "$journals/$place"
        refused "$place of another user" 'another user'
    done
else
    skip 'a record of another user' 'only root can give files away'
fi

# ---- Links and other things that are no files ----

fresh
mv "$journals" server/elsewhere
ln -s ../elsewhere "$journals"
run undo --image server --yes
that 'a record behind a link is not believed' test "$code" -ne 0
rm -rf server/elsewhere
mkdir -m 700 taken
for thing in folder lines kept blobs; do
    fresh
    case $thing in
    folder) mv "$record" taken/run && ln -s "$PWD/taken/run" "$record" ;;
    lines) mv "$record/run.jsonl" taken/lines && ln -s "$PWD/taken/lines" "$record/run.jsonl" ;;
    kept) rm -rf taken/kept && mv "$record/kept" taken/kept && ln -s "$PWD/taken/kept" "$record/kept" ;;
    blobs) rm -rf "$record/blobs" && ln -s "$PWD/taken" "$record/blobs" ;;
    esac
    run undo --image server --yes
    if [ "$thing" = blobs ]; then
        that 'a link where no blob is looked for does not matter' test "$code" -eq 0
    else
        that "a record with a link ($thing) is not believed" test "$code" -eq 2
        untouched "a link for $thing"
    fi
done
# What was kept of a file cannot be had elsewhere; the values in a hive stand in the record as well.
number_of() { # CHANGE
    jq -r "select(.kind == \"$1\" and .kept) | .kept" "$record/run.jsonl" | head -n 1
}
spoil() { # HOW NAME
    case $1 in
    link) mv "$record/$2" taken/kept-file && ln -s "$PWD/taken/kept-file" "$record/$2" ;;
    change) printf 'x' >> "$record/$2" ;;
    loss) rm "$record/$2" ;;
    esac
}
values() { "$program" test --image "$1" --check powershell --format json | jq -c '[.findings[] | [.verdict, .values]]'; }
for how in link change loss; do
    fresh
    file=$(number_of intent)
    that "a file was kept" test -n "$file"
    spoil $how "$file"
    refused "a kept file with a $how" 'what was kept of'
    fresh
    spoil $how kept/1
    run undo --image server --yes
    exits 0 "a kept hive with a $how"
    prints 'What was kept of'
    that "a kept hive with a $how: the values come back" test "$(values server)" = "$(values "$images/broken")"
    that "a kept hive with a $how: no link comes back" test -z "$(find server -path server/ProgramData/MarsHealth -prune -o -type l -print)"
done
fresh
rm "$record/run.jsonl"
mkfifo -m 600 "$record/run.jsonl"
refused 'a pipe for a record' 'not a regular file' 3
fresh
truncate -s 100M "$record/run.jsonl"
refused 'a record that is too large' 'larger' 3

# ---- Damage ----

fresh
printf '{"kind":"done","number":9' >> "$record/run.jsonl"
run undo --image server --yes
exits 0 'a torn last line'
contents server > now.txt
that 'what the run did before the torn line is taken back' cmp now.txt broken.txt
fresh
truncate -s 64K "$record/run.jsonl"
run undo --image server --yes
exits 0 'reserved room that was never written'
fresh
sed -i '2s/kept/kEpt/' "$record/run.jsonl"
refused 'a line that was changed' 'damaged in line 2' 3
unreadable_in_history 'a line that was changed'
run repair --image server --yes --check powershell.execution-policy
exits 0 'another repair beside a damaged record'
fresh
sed -i '3d' "$record/run.jsonl"
refused 'a line that was taken out' 'damaged' 3

# ---- Forged lines with checksums that are right ----

for name in ../../../evil kept/../../evil /etc/passwd kept/1/../2 'kept\\1' kept/ kept/x; do
    fresh
    forge "if .kind == \"kept\" then .name = \"$name\" else . end"
    refused "a kept file named $name" 'what was kept' 3
    unreadable_in_history "a kept file named $name"
    fresh
    forge "if .kind == \"intent\" and .kept then .kept = \"$name\" else . end"
    refused "a file kept as $name" 'what was kept' 3
done
for file in 'C:\\Windows\\System32\\cmd.exe' 'C:\\Windows\\System32\\config\\SAM' '..\\..\\evil' '/etc/passwd' \
    'C:\\x\\Modules\\MSOnlineBackup\\..\\..\\..\\evil' 'C:\\Windows\\System32\\config\\..\\SYSTEM'; do
    fresh
    forge "if .kind == \"kept\" then .file = \"$file\" else . end"
    refused "a kept $file" 'nothing that a repair changes'
    fresh
    forge "if .change == \"file\" then .target = \"$file\" else . end"
    refused "a changed $file" 'nothing that a repair changes'
done
for value in 'HKLM\\SOFTWARE\\Microsoft\\Windows\\CurrentVersion\\Run\\\\evil' 'HKLM\\SYSTEM\\x\\\\y' 'x' \
    'HKLM\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIdsX\\\\y'; do
    fresh
    forge "if .change == \"registry-value\" then .target = \"$value\" else . end"
    refused "a changed $value" 'nothing that a repair changes'
done
fresh
forge 'if .kind == "run" then .id = "20200101T000000Z-0000" else . end'
refused 'the record of another run' 'which run this is' 3
fresh
forge 'if .kind == "run" then .computer_name = "OTHER" | .machine_guid = "x" else . end'
refused 'the record of another machine' 'OTHER'

# ---- The lock ----

fresh
flock "$journals/lock" "$program" repair --image server --yes > out 2> err
code=$?
exits 2 'a repair while another has the lock'
says 'another run is changing'
flock "$journals/lock" "$program" undo --image server --yes > out 2> err
code=$?
exits 2 'an undo while another has the lock'
untouched 'the lock'
fresh
printf 'left by a process that died' > "$journals/lock"
run undo --image server --yes
exits 0 'a lock that nobody holds'
for lock in pipe folder link; do
    fresh
    rm "$journals/lock"
    case $lock in
    pipe) mkfifo "$journals/lock" ;;
    folder) mkdir "$journals/lock" ;;
    link) ln -s /etc/hostname "$journals/lock" ;;
    esac
    run undo --image server --yes
    [ "$lock" = pipe ] || that "a $lock for a lock" test "$code" -ne 0
    that "a $lock for a lock does not hang" test "$code" -le 3
done

finish
