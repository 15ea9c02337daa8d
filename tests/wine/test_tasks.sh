#!/usr/bin/env bash
# The agent's scheduled tasks on a live machine: each fault is made in what the Task Scheduler's stand-in keeps, judged,
# planned, repaired, judged again and taken back, and what is kept then is byte for byte what it was.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
machine=tasks
. "$here/prefix.sh"
. "$here/image_machine.sh"
for needed in "$EXAMPLE_IMAGES/healthy" "$tools/task_server.dll"; do
  [ -e "$needed" ] || { echo "$needed is not there: build for Linux first"; exit 1; }
done
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    sed 's/^/# /' "$SCRATCH/last.err" | head -n 20
    echo "not ok - $1"
    failed=1
  fi
}

become healthy || { echo "not ok - a prefix becomes the healthy server"; exit 1; }
task=Microsoft-OnlineBackup
path='\Microsoft\OnlineBackup\'$task
file=$(task_file "$task")
store=$PREFIXES/$machine/drive_c/tasks
as_written "$file" >"$SCRATCH/healthy.xml"
cp "$file" "$SCRATCH/example.xml"

marshealth() { # EXIT_CODE ARGUMENT...: its output is in last
  local code=0
  wine_run "$MARSHEALTH_EXE" "${@:2}" >"$SCRATCH/last" 2>"$SCRATCH/last.err" </dev/null || code=$?
  [ "$code" -eq "$1" ] || { echo "# ${*:2}: exit code $code, not $1"; head -c 2000 "$SCRATCH/last" | sed 's/^/# /'; return 1; }
}
judged() { # CHECK VERDICT: of the task
  wine_run "$MARSHEALTH_EXE" test --check schedule --format json >"$SCRATCH/last" 2>"$SCRATCH/last.err" </dev/null
  jq -e --arg check "$1" --arg verdict "$1/$2" --arg subject "$path" 'any(.findings[]; .check == $check and
    .subject == $subject and .verdict == $verdict)' "$SCRATCH/last" >/dev/null ||
    { jq -c --arg check "$1" '.findings[] | select(.check == $check)' "$SCRATCH/last" | cut -c1-600 | sed 's/^/# /'; return 1; }
}
# The stand-in behaves as the lines say, and has been called by nobody yet.
behave() { # LINE...
  printf '%s\n' "$@" >"$store/control.txt"
  rm -f "$store/calls.txt"
}
calls() {
  cat "$store/calls.txt" 2>/dev/null
}
# The task is healthy but for what the Perl expression changes.
fault() { # EXPRESSION
  iconv -f UTF-16 -t UTF-8 "$SCRATCH/healthy.xml" | perl -0pe "$1" >"$SCRATCH/fault.xml"
  utf16 <"$SCRATCH/fault.xml" >"$file"
  cp "$file" "$SCRATCH/before.xml"
  rm -f "${file%.xml}.state"
  behave
}
unchanged() {
  cmp "$file" "$SCRATCH/before.xml" && ! grep -q 'RegisterTask:34\|put_Enabled' <(calls)
}

# ---- Every fault there and back ----

planned() { # OPERATION
  marshealth 0 plan --check schedule --include-risk medium --format json &&
    jq -e --arg operation "$1" 'any(.steps[]; .operation == $operation and .take)' "$SCRATCH/last" >/dev/null
}
only_said() {
  marshealth 0 repair --check schedule --include-risk medium --what-if && unchanged
}
repaired() {
  marshealth 0 repair --check schedule --include-risk medium --yes
}
called() { # WHAT...: each a line's beginning, in this order and nothing else
  diff <(printf '%s\n' "$@") <(calls | sed 's/ .*//') | sed 's/^/# /' >"$SCRATCH/differences"
  cat "$SCRATCH/differences"
  [ ! -s "$SCRATCH/differences" ]
}
taken_back() {
  marshealth 0 undo --yes && cmp "$file" "$SCRATCH/before.xml"
}

there_and_back() { # NAME EXPRESSION CHECK VERDICT GOOD_VERDICT OPERATION CALL...
  fault "$2"
  check "$1: judged" judged "$3" "$4"
  check "$1: planned" planned "$6"
  check "$1: what would be done changes nothing" only_said
  behave
  check "$1: repaired" repaired
  check "$1: the Task Scheduler was called in this way" called "${@:7}"
  check "$1: judged as good" judged "$3" "$5"
  check "$1: taken back" taken_back
  check "$1: judged as before" judged "$3" "$4"
}

there_and_back "a disabled task" 's|<Enabled>true(</Enabled>\s*<Hidden>)|<Enabled>false$1|' \
  schedule.enabled disabled enabled task.enable put_Enabled
there_and_back "a disabled trigger" 's|<Enabled>true|<Enabled>false|' \
  schedule.enabled triggers-disabled enabled task.enable-triggers RegisterTask:1 RegisterTask:34
there_and_back "another account" 's|<UserId>S-1-5-18</UserId>\s*<RunLevel>HighestAvailable|<GroupId>S-1-5-32-544</GroupId>\r\n      <RunLevel>LeastPrivilege|' \
  schedule.principal administrators-not-elevated system task.set-principal RegisterTask:1 RegisterTask:34
there_and_back "parallel runs" 's|IgnoreNew|Parallel|' \
  schedule.multiple-instances other-policy ignore-new task.set-multiple-instances RegisterTask:1 RegisterTask:34

# ---- What Windows wrote in another form ----

# Windows writes a definition anew when it registers it. What is compared then is what it means.
mv "$SCRATCH/healthy.xml" "$SCRATCH/written.xml"
cp "$SCRATCH/example.xml" "$SCRATCH/healthy.xml"
disabled_trigger='s|<Enabled>true|<Enabled>false|'
fault "$disabled_trigger"' ; s|S-1-5-18|SYSTEM|'
check "a definition in an older form: repaired" repaired
check "a definition in an older form: judged as good" judged schedule.enabled enabled
check "a definition in an older form: taken back" marshealth 0 undo --yes
check "a definition in an older form: judged as before" judged schedule.enabled triggers-disabled
mv "$SCRATCH/written.xml" "$SCRATCH/healthy.xml"

# ---- What is refused or goes wrong ----

as_it_was() {
  cmp "$file" "$SCRATCH/before.xml"
}
refused() { # TEXT ARGUMENT...: nothing is registered
  marshealth 2 "${@:2}" --yes --format json && grep -q -- "$1" "$SCRATCH/last" && unchanged
}
put_back() { # TEXT
  marshealth 2 repair --check schedule --yes --format json && grep -q -- "$1" "$SCRATCH/last" && as_it_was
}

fault "$disabled_trigger"
echo state=4 >"${file%.xml}.state"
check "a running task is left alone" refused "is running" repair --check schedule
fault "$disabled_trigger"
behave RegisterTask:1=80041318
check "what Windows does not accept is not registered" refused 80041318 repair --check schedule
fault "$disabled_trigger"
behave RegisterTask:34=80070005
check "a registration that is denied leaves the task as it is" put_back "access was denied"
fault "$disabled_trigger"
behave RegisterTask:34#1=0004131C
check "a task that would not run is put back" put_back 0004131C
fault "$disabled_trigger"' ; s|<UserId>S-1-5-18</UserId>|<UserId>S-1-5-21-1-2-3-500</UserId>\r\n      <LogonType>Password</LogonType>|'
check "a task with a stored password is left alone" refused password call task.enable-triggers \
  '{"task": "\\Microsoft\\OnlineBackup\\Microsoft-OnlineBackup"}'

# ---- Other accounts ----

unknown_because() { # TEXT
  judged schedule.principal unknown && grep -q -- "$1" "$SCRATCH/last"
}
run_as() { # ACCOUNT LOGON_TYPE [RUN_LEVEL]
  fault 's|<UserId>S-1-5-18</UserId>|<UserId>'"$1"'</UserId>\r\n      <LogonType>'"$2"'</LogonType>|; s|HighestAvailable|'"${3:-HighestAvailable}"'|'
}
# The user that Wine runs as, whom it counts among the administrators, and the domain of its SID.
user=$(wine_run cmd /c 'echo %USERNAME%' | tr -d '\r')
domain=S-1-5-21-0-0-0
run_as "$user" Password
check "a user who is an administrator" judged schedule.principal administrator
run_as "$domain-1000" S4U
check "the same by SID" judged schedule.principal administrator
run_as "$user" InteractiveToken
check "the same while logged on" judged schedule.principal user-logged-on-only
user_account_control() { # 0 OR 1
  wine_run reg add 'HKLM\Software\Microsoft\Windows\CurrentVersion\Policies\System' /v EnableLUA /t REG_DWORD /d "$1" /f \
    >"$SCRATCH/last" 2>&1
}
run_as "$user" Password LeastPrivilege
user_account_control 1
check "the same without full rights is unknown" unknown_because "User Account Control"
user_account_control 0
check "the same without User Account Control" judged schedule.principal administrator
run_as "$domain-4711" Password
check "a SID that is nobody's is unknown" unknown_because "there is no account with that SID"
run_as S-1-5-21-1-2-3-1001 Password
check "a domain's account whose name is not known is unknown" unknown_because "Windows knows no name of the account"
fault 's|S-1-5-18|nobody at all|'
check "a name that is nobody's is unknown" unknown_because "there is no account of that name"

fault ''
behave get_Xml=80070005
check "a definition that is denied is unknown" judged schedule.enabled unknown
behave GetFolder=80041315
no_service() {
  wine_run "$MARSHEALTH_EXE" test --check schedule --format json >"$SCRATCH/last" 2>"$SCRATCH/last.err" </dev/null
  jq -e '[.findings[] | select(.check | startswith("schedule.")) | .status] | length > 0 and all(. == "unknown" or . == "skipped")' \
    "$SCRATCH/last" >/dev/null
}
check "without the Task Scheduler's service tasks are unknown" no_service

exit "$failed"
