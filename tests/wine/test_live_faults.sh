#!/usr/bin/env bash
# Every fault that there is a repair for, on a live machine: made by Wine's own tools, by hand or by a stand-in, judged,
# repaired, judged, taken back and judged, and then all is byte for byte what it was before. The faults of a round are
# there at once, and are mended by one repair. What other scripts have is named at the end.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
machine=live_faults
. "$here/prefix.sh"
. "$here/image_machine.sh"
. "$here/scene.sh"
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
drive=$PREFIXES/$machine/drive_c
agent="$drive/Program Files/Microsoft Azure Recovery Services Agent"
module=$agent/bin/Modules/MSOnlineBackup
good=$drive/good/bin/Modules/MSOnlineBackup

# ---- What may be wrong ----

policy='HKLM\SOFTWARE\Microsoft\PowerShell\1\ShellIds\Microsoft.PowerShell'
environment='HKLM\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
product='HKLM\SYSTEM\CurrentControlSet\Control\ProductOptions'
windows='HKLM\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
schannel='HKLM\SYSTEM\CurrentControlSet\Control\SecurityProviders\SCHANNEL\Protocols\TLS 1.2\Client'
dotnet='HKLM\SOFTWARE\Microsoft\.NETFramework\v4.0.30319'
dotnet_32='HKLM\SOFTWARE\WOW6432Node\Microsoft\.NETFramework\v4.0.30319'
services_key='HKLM\SYSTEM\CurrentControlSet\Services'
builtin='%SystemRoot%\system32\WindowsPowerShell\v1.0\Modules'
backup='\Microsoft\OnlineBackup\Microsoft-OnlineBackup'
modules='C:\Program Files\Microsoft Azure Recovery Services Agent\bin\Modules'

# Once in a while Wine turns a program away that starts beside others: it is started again.
edit_registry() { # ARGUMENT OF REG...
  until_so quietly reg "$@"
}
value() { # KEY NAME TYPE DATA
  edit_registry add "$1" /v "$2" /t "$3" /f /d "$4"
}
no_value() { # KEY NAME
  edit_registry delete "$1" /v "$2" /f
}
start_type() { # SERVICE NUMBER
  quietly "$tools/set_start.exe" "$1" "$2"
}
client() { # the default is another one than on a server
  no_value "$policy" ExecutionPolicy && value "$product" ProductType REG_SZ WinNT
}
old_windows() { # on which the default is another one, and Schannel is set up
  value "$windows" CurrentVersion REG_SZ 6.2 && value "$windows" CurrentBuild REG_SZ 9200 &&
    value "$schannel" Enabled REG_DWORD 1 && value "$schannel" DisabledByDefault REG_DWORD 0 &&
    no_value "$dotnet" SchUseStrongCrypto && no_value "$dotnet_32" SchUseStrongCrypto
}
stopped() { # SERVICE
  quietly sc stop "$1"
  until_so state_is "$1" STOPPED
}
does_not_start() { # SERVICE
  lets_fail "$1"
  quietly sc start "$1"
  until_so state_is "$1" STOPPED
}
account() { # XML: of the agent's task
  iconv -f UTF-16 -t UTF-8 "$SCRATCH/healthy.xml" | perl -0pe 's|<UserId>S-1-5-18</UserId>|'"$1"'|' | utf16 >"$task"
}
# The last run went well, and was later than any key was written.
succeeded() {
  printf 'last_run=60000\nlast_result=0\n' >"${task%.xml}.state" && value "$policy" ExecutionPolicy REG_SZ Restricted
}
changed_program() { # signed, and changed after that
  cp "$here/../fixtures/signed/known.dll" "$1" && printf 'X' | dd of="$1" bs=1 seek=80 conv=notrunc 2>/dev/null
}
little_storage() { # and the listing is another one once it was enlarged to a tenth of the volume
  local size
  size=$(jq -r '.volumes.list.value[] | select(.letter.value == "C").size.value' "$SCRATCH/evidence")
  shadow_storage "300 MB" >"$SCRATCH/storage" && answers shadowstorage "$SCRATCH/storage"
  shadow_storage "$(awk -v size="$size" 'BEGIN { printf "%.1f GB", size / 10 / 1073741824 }')" >"$SCRATCH/storage"
  answers shadowstorage-after "$SCRATCH/storage" && after 'C:\vssadmin\arguments.txt' '[resize]'
}
has_room() { # for a tenth of the volume, beside the tenth or 5 GB that a resize leaves free
  jq -e '.volumes.list.value[] | select(.letter.value == "C") | .size.value as $size |
    .free.value > $size / 10 + ([$size / 10, 5368709120] | max)' "$SCRATCH/evidence" >/dev/null
}
failed_writer() { # WRITER SERVICE: until the service is stopped
  perl -0pe 's|(\x27'"$1"'\x27.*?State: )\[1\] Stable|$1\[8] Failed|s' "$SCRATCH/writers" >"$SCRATCH/writers.failed"
  cp "$SCRATCH/writers.failed" "$drive/vssadmin/answer-writers.bin"
  cp "$SCRATCH/writers" "$drive/vssadmin/answer-writers-after.bin" && after 'C:\services.txt' "$2 stopped"
}

# ---- How a machine is ----

exported() { # KEY FILE
  edit_registry export "$1" 'C:\export.reg' /y && mv "$drive/export.reg" "$2"
}
# Without what Wine writes down by itself, such as devices that it finds and services that it counts.
settings() { # FILE
  iconv -f UTF-16 -t UTF-8 "$1" | perl -ne 'BEGIN { $/ = "\r\n\r\n" } print if /CurrentControlSet\\(Services|Control\\(ProductOptions|SecurityProviders|Session Manager))\b/'
}
keep() { # NAME: the registry, services, tasks and module files as others see them
  rm -rf "${SCRATCH:?}/$1"
  mkdir -p "$SCRATCH/$1"
  exported 'HKLM\SYSTEM\CurrentControlSet' "$SCRATCH/system.reg" && settings "$SCRATCH/system.reg" >"$SCRATCH/$1/system.reg" &&
    exported 'HKLM\SOFTWARE\Microsoft' "$SCRATCH/$1/software.reg" &&
    exported 'HKLM\SOFTWARE\WOW6432Node\Microsoft\.NETFramework' "$SCRATCH/$1/software_32.reg" &&
    wine_run "$tools/show_services.exe" "${services[@]}" | sed 's/ state=[0-9]//' >"$SCRATCH/$1/services" || return 1
  (cd "$drive/tasks/tasks" && find . -name '*.xml' -print0 | sort -z | xargs -0 sha256sum) >"$SCRATCH/$1/tasks"
  (cd "$agent/bin/Modules" && find . -type d | sort && find . -type f -printf '%p %s %T@\n' | sort &&
    find . -type f -print0 | sort -z | xargs -0r sha256sum) >"$SCRATCH/$1/module"
}
services=(obengine VSS swprv Schedule EventLog vds COMSysApp MSDTC msiserver SQLWriter CryptSvc)
same() { # NAME OTHER: the last file is there if all are
  [ -s "$SCRATCH/$1/module" ] && [ -s "$SCRATCH/$2/module" ] || return 1
  diff -ra "$SCRATCH/$1" "$SCRATCH/$2" | head -n 20 | sed 's/^/# /' | tee "$SCRATCH/differences"
  [ ! -s "$SCRATCH/differences" ]
}

# ---- A round of faults ----

# CHECK/VERDICT[+VERDICT...] SUBJECT OPERATION UNDO FAULT...: the finding has these verdicts and no other. SUBJECT: "-" if
# it has none. UNDO: "back", or "stays" for what cannot be taken back.
tried=()
row() {
  tried+=("$1")
  rows+=("$1"$'\t'"$2"$'\t'"$3"$'\t'"$4")
  checks+=(--check "${1%%/*}")
  check "$1 $2: made" "${@:5}"
}
judge() { # REPORT: with this round's checks
  marshealth any test "${checks[@]}" --baseline 'C:\good.json' --format json
  cp "$SCRATCH/out" "$SCRATCH/$1.json"
}
# What stands against a part of the machine, the gravest first, or else what is good about it.
verdicts() { # REPORT CHECK SUBJECT
  jq -r --arg check "$2" --arg subject "$3" '[.findings[] | select(.check == $check and (.subject // "-") == $subject) |
    ., .also[]?] | if any(.status != "pass") then map(select(.status != "pass")) else . end |
    map(.verdict | split("/")[1]) | join("+")' "$SCRATCH/$1.json"
}
is() { # FOUND WANTED
  [ -n "$1" ] && [ "$1" = "$2" ] || { echo "# it is $1, not $2"; return 1; }
}
each_is() { # WHEN REPORT: good, but for what is taken back and the faults themselves
  local row name subject undo wanted
  for row in "${rows[@]}"; do
    IFS=$'\t' read -r name subject _ undo <<<"$row"
    wanted=${name#*/}
    if [ "$1" = repaired ] || { [ "$1" = "taken back" ] && [ "$undo" = stays ]; }; then
      wanted=$(verdicts healthy "${name%%/*}" "$subject")
      [ -n "$wanted" ] || subject=- # where only what is wrong has one
      wanted=$(verdicts healthy "${name%%/*}" "$subject")
    fi
    check "$name $subject: $1" is "$(verdicts "$2" "${name%%/*}" "$subject")" "$wanted"
  done
}
by_their_operations() { # no more and no fewer
  local wanted
  wanted=$(printf '%s\n' "${rows[@]}" | awk '{ print $(NF - 1) }' | sort)
  is "$(jq -r '.steps[] | select(.state == "done").operation' "$SCRATCH/out" | sort)" "$wanted"
}
# Wine cannot keep that folders belong to the administrators, without which a search path is not let lead there.
guarded_marshealth() { # ARGUMENT...
  MARSHEALTH_EXE=$drive/guarded/marshealth.exe marshealth 0 "$@"
}
there_and_back() {
  keep before
  judge faulty
  each_is judged faulty
  check "the repair is done" guarded_marshealth repair "${checks[@]}" --include-risk medium --yes --yes-to service.restart \
    --baseline 'C:\good.json' --set 'powershell.restore-module.source=C:\good' --format json
  check "each by its operation" by_their_operations
  judge repaired
  each_is repaired repaired
  check "it is taken back" marshealth 0 undo --yes --format json
  judge undone
  each_is "taken back" undone
  keep after
  check "all is what it was" same before after
  heal
}
# The machine as it was before the first round, by Wine's reg again.
heal() {
  local service start
  rows=()
  checks=()
  cp "$SCRATCH/good.reg" "$drive/import.reg"
  edit_registry import 'C:\import.reg'
  [ ! -d "$SCRATCH/after" ] || sed -E 's/^([^ ]+) start=([0-9]).*/\1 \2/' "$SCRATCH/first/services" | while read -r service start; do
    grep -q "^$service start=$start " "$SCRATCH/after/services" || start_type "$service" "$start" </dev/null
  done
  cp "$SCRATCH/healthy.xml" "$task"
  rm -rf "${task%.xml}.state" "$module" "$drive/vssadmin" "$drive/services.txt" "$drive/services.txt.go"
  cp -a "$SCRATCH/module" "$module"
  cp -a "$SCRATCH/vssadmin" "$drive/vssadmin"
}
good_registry() { # what faults are made in, in one file: each key itself, without those below it
  local key
  printf 'Windows Registry Editor Version 5.00\r\n\r\n' >"$SCRATCH/good.txt"
  for key in "$policy" "$environment" "$product" "$windows" "$dotnet" "$dotnet_32"; do
    exported "$key" "$SCRATCH/key.reg" || return 1
    iconv -f UTF-16 -t UTF-8 "$SCRATCH/key.reg" | perl -ne 'BEGIN { $/ = "\r\n\r\n" } print if $. == 2' >>"$SCRATCH/good.txt"
  done
  utf16 <"$SCRATCH/good.txt" >"$SCRATCH/good.reg"
}

# Services are read when the service manager starts. One with a delay is started by itself two minutes later.
replace_services() {
  local service
  for service in SQLWriter:good CryptSvc:good MSDTC:again; do
    value "$services_key\\${service%:*}" ImagePath REG_EXPAND_SZ \
      "C:\\test_service.exe ${service%:*} C:\\services.txt ${service#*:}" || return 1
  done
  value "$services_key\\MSDTC" Start REG_DWORD 3 && no_value "$services_key\\MSDTC" DelayedAutostart || return 1
  prefix_restart "$PREFIXES" "$machine"
  import "$sources/healthy/registry/60-system-account.reg" || return 1
  for service in obengine SQLWriter CryptSvc; do
    until_so state_is "$service" RUNNING || return 1
  done
}

# ---- The healthy machine ----

become healthy || { echo "not ok - a prefix becomes the healthy server"; exit 1; }
task=$(task_file Microsoft-OnlineBackup)
as_written "$task" >"$SCRATCH/healthy.xml"
cp "$SCRATCH/healthy.xml" "$task"
cp "$module/MSOnlineBackup.Cmdlets.dll" "$module/MSOnlineBackup.Native.dll" # which its manifest does not name
mkdir -p "$good"
cp -a "$module/." "$good/"
cp -a "$module" "$SCRATCH/module"
cp "$agent/bin/cbengine.exe" "$drive/good/bin/"
mkdir -p "$drive/guarded"
cp "$MARSHEALTH_EXE" "$tools/advapi_t.dll" "$drive/guarded/"
sed 's/ADVAPI32[.]dll/ADVAPI_T.dll/' "$(dirname "$MARSHEALTH_EXE")/marshealth.dll" >"$drive/guarded/marshealth.dll"
check "services of ours are in the place of Windows' own" replace_services
find_drive_c || { echo "not ok - the machine has a volume C:"; exit 1; }
cp "$SCRATCH/out" "$SCRATCH/evidence"
shadow_storage "30 GB" >"$SCRATCH/storage"
answers shadowstorage "$SCRATCH/storage"
cp "$drive/vssadmin/answer-writers.bin" "$SCRATCH/writers"
cp -a "$drive/vssadmin" "$SCRATCH/vssadmin"
check "its registry is kept" good_registry
keep first
check "a baseline is made" marshealth 0 baseline 'C:\good\bin\Modules\MSOnlineBackup' -o 'C:\good.json'
checks=()
for name in agent.service powershell prereq.strong-crypto schedule services shadow; do
  checks+=(--check "$name")
done
judge healthy

# ---- The faults ----

heal
row agent.service/manual-start - service.set-start back start_type obengine 3
row powershell.execution-policy/restricted - powershell.set-execution-policy back value "$policy" ExecutionPolicy REG_SZ Restricted
row powershell.module-path/not-found - powershell.add-module-path back value "$environment" PSModulePath REG_EXPAND_SZ "$builtin"
row prereq.strong-crypto/dotnet-off - dotnet.enable-strong-crypto back value "$dotnet_32" SchUseStrongCrypto REG_DWORD 0
row powershell.module-integrity/reference-missing+missing-from-module - powershell.restore-module back \
  rm "$module/MSOnlineBackup.format.ps1xml"
row services.com-plus/disabled COMSysApp service.set-start back start_type COMSysApp 4
row services.msiserver/disabled - service.set-start back start_type msiserver 4
row services.schedule/disabled Schedule service.set-start back start_type Schedule 4
row services.schedule/disk-service-disabled vds service.set-start back start_type vds 4
row services.vss/disabled VSS service.set-start back start_type VSS 4
row schedule.principal/administrators "$backup" task.set-principal back account '<GroupId>S-1-5-32-544</GroupId>'
there_and_back

row agent.service/disabled - service.set-start back start_type obengine 4
row powershell.execution-policy/unrecognised - powershell.set-execution-policy back value "$policy" ExecutionPolicy REG_SZ RemotelySigned
row powershell.module-path/no-value - powershell.add-module-path back no_value "$environment" PSModulePath
row prereq.strong-crypto/dotnet-unset - dotnet.enable-strong-crypto back old_windows
row powershell.module-integrity/empty-file+differs-from-baseline - powershell.restore-module back \
  truncate -s 0 "$module/MSOnlineBackup.Common.dll"
row services.schedule/disabled EventLog service.set-start back start_type EventLog 4
row services.vss/disabled swprv service.set-start back start_type swprv 4
row schedule.principal/user-logged-on-only "$backup" task.set-principal back account \
  '<UserId>S-1-5-21-0-0-0-1000</UserId>\r\n      <LogonType>InteractiveToken</LogonType>' # the user of Wine
there_and_back

row agent.service/stopped - service.start stays stopped obengine
row powershell.execution-policy/undefined-client - powershell.set-execution-policy back client
row powershell.module-path/not-found+module-folder-itself - powershell.add-module-path back \
   value "$environment" PSModulePath REG_EXPAND_SZ "$builtin;$modules\\MSOnlineBackup"
row powershell.module-integrity/signature-differs+differs-from-baseline - powershell.restore-module back \
  changed_program "$module/MSOnlineBackup.Common.dll"
row schedule.principal/other-group "$backup" task.set-principal back account '<GroupId>S-1-5-32-545</GroupId>'
there_and_back

row powershell.execution-policy/undefined-server - powershell.set-execution-policy back no_value "$policy" ExecutionPolicy
row powershell.module-path/not-found+quoted - powershell.add-module-path back \
   value "$environment" PSModulePath REG_EXPAND_SZ "$builtin;\"$modules\""
row powershell.module-integrity/missing-from-module - powershell.restore-module back rm "$module/MSOnlineBackup.Native.dll"
row services.com-plus/failed-to-start MSDTC service.start stays does_not_start MSDTC
if has_room; then
  row shadow.storage/maximum-small C: shadow.resize stays little_storage
else
  tried+=(shadow.storage/maximum-small)
  echo "ok - shadow storage that is enlarged # SKIP the disk is too full for more"
fi
there_and_back

row powershell.module-path/not-found+not-expanded - powershell.add-module-path back \
   value "$environment" PSModulePath REG_SZ "C:\\Windows\\system32\\WindowsPowerShell\\v1.0\\Modules;%ProgramFiles%\\Microsoft Azure Recovery Services Agent\\bin\\Modules"
row shadow.writers/failed SqlServerWriter service.restart stays failed_writer SqlServerWriter SQLWriter
there_and_back

row powershell.execution-policy/restricted-but-working - powershell.set-execution-policy back succeeded
row powershell.module-integrity/manifest-missing+missing-from-module - powershell.restore-module back rm "$module/MSOnlineBackup.psd1"
row shadow.writers/failed-system "System Writer" service.restart stays failed_writer 'System Writer' CryptSvc
there_and_back

row powershell.module-integrity/folder-missing - powershell.restore-module back rm -r "$module"
there_and_back

# In other scripts: test_tasks.sh, test_live_module.sh, test_iscsi.sh and, as Wine counts each of its users among the
# administrators, test_win32_administrators.c.
elsewhere=(schedule.enabled/disabled+triggers-disabled schedule.multiple-instances/other-policy
  schedule.principal/administrators-not-elevated powershell.module-integrity/not-a-program services.iscsi/disabled
  schedule.principal/user-not-administrator)
untried() { # verdicts with a repair
  comm -23 <(jq -r 'input_filename as $file | .verdicts | to_entries[] | select(.value.repairs) |
    ($file | split("/")[-1] | rtrimstr(".json")) + "/" + .key' "$here"/../../native/catalog/checks/*.json | sort) \
    <(printf '%s\n' "${tried[@]}" "${elsewhere[@]}" | awk -F '[/+]' '{ for (i = 2; i <= NF; i++) print $1 "/" $i }' | sort -u)
}
none_is_left() {
  untried | sed 's/^/# untried: /' | tee "$SCRATCH/untried"
  [ ! -s "$SCRATCH/untried" ]
}
check "every verdict that has a repair was tried" none_is_left

# ---- What is not done ----

heal
# Wine gives the administrators' rights to the group.
check "others have no rights to the record" eval '[[ $(stat -c %a "$drive/ProgramData/MarsHealth") = 7?0 ]]'

not_done() { # TEXT...: the maximum is as it was, and that is said
  local text
  marshealth 1 repair --check shadow.storage --yes --format json || return 1
  for text in "$@" "but the listing says 300 MB" "; nothing else was changed"; do
    holds '.message | contains($text)' --arg text "$text" || return 1
  done
  grep -q '^\[resize\] \[shadowstorage\] \[/for=C:\] \[/on=C:\] \[/maxsize=[0-9]*MB\]' "$drive/vssadmin/arguments.txt"
}
resize_answers() { # CODE [CAPTURE]: nothing is listed then but what was
  little_storage && rm -f "$drive/vssadmin/"{arguments,after}.txt && echo "$1" >"$drive/vssadmin/mode-resize.txt"
  [ $# -lt 2 ] || iconv -f UTF-8 -t CP437 "$here/../fixtures/console/$2.txt" >"$drive/vssadmin/answer-resize.bin"
}
volume_of_another() {
  resize_answers 0 && sed -i 's/Volume{[^}]*}/Volume{d5c1a0f2-4be7-4f39-8a06-13e97c5b2d40}/' "$drive/vssadmin/answer-shadowstorage.bin"
  marshealth 2 call shadow.resize '{"for_volume": "C:", "on_volume": "C:", "max_bytes": 1073741824}' --yes --format json &&
    says 'has no shadow storage that could be resized' && ! grep -q resize "$drive/vssadmin/arguments.txt"
}
if has_room; then
  resize_answers 0
  check "a tool that says all went well when nothing did" not_done
  resize_answers 2 storage-error-de
  check "a tool that fails in German" not_done 'ended with code 2: vssadmin 1.1 - Verwaltungsbefehlszeilenprogramm' 'Fehler: '
  little_storage
  echo 2 >"$drive/vssadmin/mode-resize.txt"
  check "a tool that says that it failed when it did not" marshealth 0 repair --check shadow.storage --yes --format json
else
  echo "ok - shadow storage that is not enlarged # SKIP the disk is too full for more"
fi
check "storage of another volume C:" volume_of_another

heal
no_value "$environment" PSModulePath
others_may_write() {
  marshealth 2 repair --check powershell.module-path --yes --format json && says 'others than administrators' &&
    holds '.message | endswith("; nothing was changed")' && ! quietly reg query "$environment" /v PSModulePath
}
check "a search path is not let lead to where others may write" others_may_write

exit "$failed"
