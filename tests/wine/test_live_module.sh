#!/usr/bin/env bash
# A broken module of a live machine is restored from a folder that is named, and taken back: then every file is what it
# was, with its time and its attributes.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/prefix.sh"
. "$here/image_machine.sh"
machine=live_module
. "$here/module.sh"
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"

check "a prefix becomes the healthy server" become healthy
good=$PREFIXES/$machine/drive_c/good
mkdir -p "$good/bin/Modules"
cp -r "$module" "$good/bin/Modules/"
cp "$PREFIXES/$machine/drive_c/$agent/bin/cbengine.exe" "$good/bin/" 2>/dev/null
check "a baseline is made" exits 0 baseline 'C:\good\bin\Modules\MSOnlineBackup' -o 'C:\good.json'

truncate -s 700 "$module/MSOnlineBackup.Common.dll"
touch -d '2019-03-04 05:06:07.25' "$module/MSOnlineBackup.Common.dll"
rm "$module/MSOnlineBackup.format.ps1xml"
sed -i 's/$/ /' "$module/MSOnlineBackup.psd1"
touch -d '2020-03-04 05:06:07' "$module/MSOnlineBackup.psd1"
(cd "$module" && wine_run cmd /c 'attrib +r +h MSOnlineBackup.Common.dll' >/dev/null 2>&1)
state broken
check "the attributes are there" grep -qE 'R.* .*Common[.]dll' "$SCRATCH/broken"
check "the damage is seen" verdict_is not-a-program --baseline 'C:\good.json'
check "and what was changed" verdict_is differs-from-baseline --baseline 'C:\good.json'

# ---- Refused ----

check "a source that is not there" repair 2 'C:\none'
check "is named" says 'C:\none'
check "without a baseline unsigned files are not let in" repair 2 'C:\good'
check "and it is said why" says 'signed it cannot be told'
state after
check "nothing was changed" same broken after

# ---- Restored and taken back ----

for source in 'C:\good' 'c:/good/bin/Modules/../modules/msonlinebackup' '\\?\C:\good\bin'; do
  check "restored from $source" repair 0 "$source" --baseline 'C:\good.json'
  check "the module is whole" verdict_is equals-baseline --baseline 'C:\good.json'
  check "byte for byte" diff -r "$module" "$good/bin/Modules/MSOnlineBackup"
  check "taken back" exits 0 undo --yes
  state after
  check "every file is what it was" same broken after
done
cd "$good/bin" || exit
check "restored from a relative folder" repair 0 '..\bin\Modules' --baseline '..\..\good.json'
check "taken back from there" exits 0 undo --yes
state after
check "every file is what it was then" same broken after

exit "$failed"
