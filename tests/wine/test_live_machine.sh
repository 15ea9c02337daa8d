#!/usr/bin/env bash
# The example images as real machines: what they hold goes into a Wine prefix through Wine's own tools, and the live
# machine is judged beside the image.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/prefix.sh"
sources=$here/../../examples/images
tools=$(dirname "$MARSHEALTH_EXE")/tests/tools
for needed in "$MARSHEALTH" "$EXAMPLE_IMAGES/healthy" "$sources/healthy/registry" "$tools/vssadmin.exe"; do
  [ -e "$needed" ] || { echo "$needed is not there: build for Linux first"; exit 1; }
done
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
trap 'prefix_stop "$PREFIXES" live_machine' EXIT
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    failed=1
  fi
}

# Wine's reg does not know the notation str(2):"..." of texts with a type, and takes the bytes of such a text for UTF-16
# only in a file that is.
plain_reg() { # FILE
  printf '\377\376'
  perl -CSD -MEncode -pe 's{str\((\d)\):"((?:[^"\\]|\\.)*)"}{
    my ($type, $text) = ($1, $2);
    $text =~ s/\\0/\0/g; $text =~ s/\\(.)/$1/g;
    "hex($type):" . join(",", map { sprintf "%02x", ord } split //, encode("UTF-16LE", $text . "\0" x ($type == 7 ? 2 : 1)))
  }e' "$1" | iconv -f UTF-8 -t UTF-16LE
}
import() { # FILE
  plain_reg "$1" >"$PREFIXES/live_machine/drive_c/image.reg" && timeout 60 wine reg import 'C:\image.reg' >/dev/null 2>&1
}

# A prefix with an image's registry, files and service states. Services are read when the prefix's service manager starts,
# so it is stopped in between.
become() { # IMAGE
  local drive=$PREFIXES/live_machine/drive_c file
  prefix_copy "$PREFIXES" live_machine || return 1
  wine_use "$PREFIXES/live_machine"
  for file in "$sources/$1"/registry/*.reg; do
    import "$file" || return 1
  done
  timeout 60 wine reg add 'HKLM\SYSTEM\CurrentControlSet\Services\obengine' /v ImagePath /t REG_EXPAND_SZ /f \
    /d 'C:\test_service.exe obengine C:\services.txt good' >/dev/null || return 1
  cp "$tools/test_service.exe" "$drive/"
  timeout 60 wineserver -k
  timeout 60 wineserver -w
  import "$sources/$1/registry/60-system-account.reg" || return 1 # of accounts Wine keeps only that of the user
  cp -r "$EXAMPLE_IMAGES/$1/Program Files/." "$drive/Program Files/"
  cp -r "$EXAMPLE_IMAGES/$1/ProgramData/." "$drive/ProgramData/" 2>/dev/null
  cp "$tools/vssadmin.exe" "$drive/windows/system32/"
  mkdir -p "$drive/vssadmin"
  echo 0 >"$drive/vssadmin/mode.txt"
  for file in shadowstorage writers; do
    cp "$EXAMPLE_IMAGES/$1/captures/vssadmin-list-$file.txt" "$drive/vssadmin/answer-$file.bin"
  done
}

live() { # OUTPUT ARGUMENT...: the exit code in code
  code=0
  timeout 100 wine "$MARSHEALTH_EXE" "${@:2}" >"$1" 2>"$1.err" </dev/null || code=$?
}

# check<TAB>subject<TAB>status<TAB>verdict for each finding, but for those that need the tasks, which Wine's Task Scheduler
# does not keep whole.
findings() { # REPORT
  jq -r '.findings[] | select(.check | test("^schedule[.]|^powershell[.]execution-policy$") | not) |
    [.check, (.subject // ""), .status, .verdict] | @tsv' "$1" | sort
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
  timeout 60 "$@" >/dev/null 2>&1
}

# ---- A healthy server ----

check "a prefix becomes the healthy server" become healthy
judge
cp "$SCRATCH/live.json" "$SCRATCH/healthy.json"
"$MARSHEALTH" test --image "$EXAMPLE_IMAGES/healthy" --format json >"$SCRATCH/image.json" 2>/dev/null
check "the live machine is judged as its image is" same_findings "$SCRATCH/image.json" "$SCRATCH/live.json"
check "nothing fails" says '.summary.fail == 0 and .summary.warn == 0'
check "the report says that it is of this machine" says '.source.kind == "live"'

live "$SCRATCH/collect" collect -o "$(wine winepath -w "$SCRATCH/evidence.json" | tr -d '\r')"
check "evidence is collected" [ "$code" -eq 0 ]
cp "$SCRATCH/evidence.json" "$SCRATCH/live.json"
check "it knows that we are elevated" says '[.. | objects | select(has("elevated")) | .elevated.value] == [true]'
"$MARSHEALTH" test --evidence "$SCRATCH/evidence.json" --format json >"$SCRATCH/elsewhere.json" 2>/dev/null
check "and judged elsewhere as here" same_findings "$SCRATCH/healthy.json" "$SCRATCH/elsewhere.json"

# ---- Faults ----

agent='HKLM\SOFTWARE\Microsoft\Windows Azure Backup'

quietly wine sc stop obengine
judge
check "a stopped agent is seen" is agent.service fail stopped
quietly wine "$tools/set_start.exe" obengine 4
judge
check "a disabled agent is seen" is agent.service fail disabled
quietly wine "$tools/set_start.exe" obengine 2
quietly wine sc start obengine
quietly wine "$tools/set_start.exe" VSS 4
judge
check "the agent runs again" is agent.service pass running
check "a disabled service is seen" is services.vss fail disabled VSS
quietly wine "$tools/set_start.exe" VSS 3

quietly wine reg add "$agent\Config\\CloudBackupProvider" /v ScratchLocation /t REG_SZ /f /d 'C:\elsewhere'
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
