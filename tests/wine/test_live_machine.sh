#!/usr/bin/env bash
# The example images as real machines: what they hold goes into a Wine prefix through Wine's own tools, and the live
# machine is judged beside the image.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/prefix.sh"
. "$here/image_machine.sh"
machine=live_machine
for needed in "$MARSHEALTH" "$EXAMPLE_IMAGES/healthy" "$sources/healthy/registry" "$tools/vssadmin.exe"; do
  [ -e "$needed" ] || { echo "$needed is not there: build for Linux first"; exit 1; }
done
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    failed=1
  fi
}

live() { # OUTPUT ARGUMENT...: the exit code in code
  code=0
  wine_run "$MARSHEALTH_EXE" "${@:2}" >"$1" 2>"$1.err" </dev/null || code=$?
}

# check<TAB>subject<TAB>status<TAB>verdict for each finding.
findings() { # REPORT
  jq -r '.findings[] | [.check, (.subject // ""), .status, .verdict] | @tsv' "$1" | sort
}
same_findings() { # REPORT OTHER
  [ "$(findings "$1" | wc -l)" -gt 20 ] && diff <(findings "$1") <(findings "$2") | sed 's/^/# /' | tee "$SCRATCH/differences"
  [ ! -s "$SCRATCH/differences" ]
}

judge() {
  live "$SCRATCH/live.json" test --format json
}
is() { # CHECK STATUS VERDICT-AFTER-THE-SLASH [SUBJECT]
  jq -e --arg check "$1" --arg status "$2" --arg verdict "$1/$3" --arg subject "${4-}" 'any(.findings[]; .check == $check and
    .status == $status and .verdict == $verdict and ($subject == "" or .subject == $subject))' "$SCRATCH/live.json" >/dev/null ||
    { jq -c --arg check "$1" '.findings[] | select(.check == $check)' "$SCRATCH/live.json" | cut -c1-1000 | sed 's/^/# /'; return 1; }
}
says() { # EXPRESSION: of the newest document
  jq -e "$1" "$SCRATCH/live.json" >/dev/null
}
quietly() {
  wine_run "$@" >/dev/null 2>&1
}

# ---- A healthy server ----

check "a prefix becomes the healthy server" become healthy
judge
cp "$SCRATCH/live.json" "$SCRATCH/healthy.json"
"$MARSHEALTH" test --image "$EXAMPLE_IMAGES/healthy" --format json >"$SCRATCH/image.json" 2>/dev/null
check "the live machine is judged as its image is" same_findings "$SCRATCH/image.json" "$SCRATCH/live.json"
check "nothing fails" says '.summary.fail == 0 and .summary.warn == 0'
check "the report says that it is of this machine" says '.source.kind == "live"'

live "$SCRATCH/collect" collect -o "$(wine_run winepath -w "$SCRATCH/evidence.json" | tr -d '\r')"
check "evidence is collected" [ "$code" -eq 0 ]
cp "$SCRATCH/evidence.json" "$SCRATCH/live.json"
check "it knows that we are elevated" says '[.. | objects | select(has("elevated")) | .elevated.value] == [true]'
"$MARSHEALTH" test --evidence "$SCRATCH/evidence.json" --format json >"$SCRATCH/elsewhere.json" 2>/dev/null
check "and judged elsewhere as here" same_findings "$SCRATCH/healthy.json" "$SCRATCH/elsewhere.json"

# ---- Faults ----

agent='HKLM\SOFTWARE\Microsoft\Windows Azure Backup'

quietly sc stop obengine
judge
check "a stopped agent is seen" is agent.service fail stopped
quietly "$tools/set_start.exe" obengine 4
judge
check "a disabled agent is seen" is agent.service fail disabled
quietly "$tools/set_start.exe" obengine 2
quietly sc start obengine
quietly "$tools/set_start.exe" VSS 4
judge
check "the agent runs again" is agent.service pass running
check "a disabled service is seen" is services.vss fail disabled VSS
quietly "$tools/set_start.exe" VSS 3

quietly reg add "$agent\Config\\CloudBackupProvider" /v ScratchLocation /t REG_SZ /f /d 'C:\elsewhere'
cp "$here/../fixtures/console/storage-none-de.txt" "$WINEPREFIX/drive_c/vssadmin/answer-shadowstorage.bin"
echo 1 >"$WINEPREFIX/drive_c/vssadmin/mode.txt"
judge
check "two scratch locations are seen" is scratch.location fail not-equal
check "no shadow storage, in German and with an exit code, is no error" [ "$(jq -r '.findings[] | select(.check == "shadow.storage") |
  .status' "$SCRATCH/live.json")" != unknown ]

rm "$WINEPREFIX/drive_c/windows/system32/vssadmin.exe"
judge
check "a missing tool is unknown" is shadow.storage unknown unknown
check "and says which" says '[.findings[] | select(.check == "shadow.writers") | .cause] | any(test("there is no C:.*vssadmin.exe"))'

exit "$failed"
