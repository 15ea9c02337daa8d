#!/usr/bin/env bash
# Repairs of a live machine, taken back: the registry is then what Wine's reg exported before, and services are as Wine's sc
# says.
set -uo pipefail
: "${MARSHEALTH_EXE:?}" "${SCRATCH:?}" "${PREFIXES:?}"
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
. "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
tools=$(dirname "$MARSHEALTH_EXE")/tests/tools
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
prefix_use "$PREFIXES" live_repairs || exit 1
drive=$WINEPREFIX/drive_c
journals=$drive/ProgramData/MarsHealth

call() { # OPERATION JSON
  exits 0 call "$1" "$2" --yes
}
registry() { # NAME: the machine's part, as Wine's reg writes it
  quietly reg export 'HKLM\SYSTEM\CurrentControlSet\Services' 'C:\export.reg' /y &&
    cp "$drive/export.reg" "$SCRATCH/$1.services" &&
    quietly reg export 'HKLM\SOFTWARE\Microsoft' 'C:\export.reg' /y && cp "$drive/export.reg" "$SCRATCH/$1.software"
}
same_registry() { # NAME OTHER
  cmp "$SCRATCH/$1.services" "$SCRATCH/$2.services" && cmp "$SCRATCH/$1.software" "$SCRATCH/$2.software"
}
runs() { # SERVICE STATE
  wine_run sc query "$1" | grep -qE "STATE +: [0-9] +$2"
}
newest() {
  find "$journals" -mindepth 1 -maxdepth 1 -type d -printf '%f\n' | sort | tail -n 1
}

vssadmin() {
  cp "$tools/vssadmin.exe" "$drive/windows/system32/"
  mkdir -p "$drive/vssadmin"
  cp "$(dirname "${BASH_SOURCE[0]}")/../fixtures/console/writers-fr.txt" "$drive/vssadmin/answer-writers.bin"
}

cp "$tools/test_service.exe" "$drive/"
quietly sc create obengine binpath= 'C:\test_service.exe obengine C:\services.txt slow' start= demand
quietly sc create needs_it binpath= 'C:\test_service.exe needs_it C:\services.txt good' start= demand
registry before

# ---- Done and taken back ----

check "a service starts by itself" call service.set-start '{"service":"obengine","start":"delayed"}'
check "as Wine sees" grep -q 'DelayedAutostart *REG_DWORD *0x1' \
  <(wine_run reg query 'HKLM\SYSTEM\CurrentControlSet\Services\obengine')
first=$(newest)
check "scripts may run" call powershell.set-execution-policy '{"policy":"RemoteSigned"}'
registry changed
check "the registry is another one now" eval '! same_registry before changed >/dev/null'
check "the newest is taken back" exits 0 undo "$(newest)" --yes
check "and the one before" exits 0 undo "$first" --yes
registry after
check "the registry is what it was" same_registry before after
check "nothing is left to take back there" exits 2 undo "$first" --yes
check "what was done is told" exits 0 history
check "with all four runs" [ "$(grep -c '^2' "$SCRATCH/out")" -eq 4 ]

# ---- Services ----

check "a slow service is started" call service.start '{"service":"obengine"}'
check "and runs" runs obengine RUNNING
check "it is left alone while VSS writers cannot be asked" exits 2 call service.restart '{"service":"obengine"}' \
  --yes-to service.restart
vssadmin
check "it is started again" exits 0 call service.restart '{"service":"obengine"}' --yes-to service.restart
check "and runs again" runs obengine RUNNING
check "it went down in between" [ "$(tr '\n' ';' <"$drive/services.txt")" = \
  "obengine started;obengine stopped;obengine started;" ]

# ---- Whose journals ----

chmod 777 "$journals"
check "journals that others may write are refused" eval \
  '! call powershell.set-execution-policy "{\"policy\":\"RemoteSigned\"}" >/dev/null'
check "and nothing was changed" eval '! quietly reg query \
  "HKLM\\SOFTWARE\\Microsoft\\PowerShell\\1\\ShellIds\\Microsoft.PowerShell" /v ExecutionPolicy'
check "nor is anything taken back from them" eval '! exits 0 undo "$first" --yes >/dev/null'

exit "$failed"
