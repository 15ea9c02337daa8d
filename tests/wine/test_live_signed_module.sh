#!/usr/bin/env bash
# A broken module of a live machine is restored without a baseline, because Windows (here Wine) trusts that Microsoft signed
# the files, and taken back. The files are real ones of Microsoft's.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}" "${PROGRAMS:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
. "$here/microsoft.sh"
. "$here/prefix.sh"
. "$here/image_machine.sh"
machine=live_signed_module
. "$here/module.sh"
if [ -z "$MICROSOFT_FILES" ]; then
  echo "ok - a module restored by signatures # SKIP there is no .NET SDK with files that Microsoft signed"
  exit 0
fi
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
drive=$PREFIXES/$machine/drive_c
good=$drive/good/bin/Modules/MSOnlineBackup

# A copy of the good agent with another file in the place of one of the module's.
source_with() { # NAME FILE INSTEAD
  cp -r "$drive/good" "$drive/$1" && cp "$3" "$drive/$1/bin/Modules/MSOnlineBackup/$2"
}
break_byte() { # FILE
  printf '\377' | dd of="$1" bs=1 seek=1024 conv=notrunc status=none
}

# Many files, so that a rule which turns away one that is as it should be is noticed; small ones, to be quick.
check "a prefix becomes the healthy server" become healthy
rm -r "$module"
mkdir "$module"
find "$MICROSOFT_FILES" -name 'System.*.dll' -size -50k -exec cp -t "$module" {} +
printf "@{ ModuleVersion = '2.0'; RootModule = 'System.Xml.dll'; RequiredAssemblies = @(%s) }\r\n" \
  "$(cd "$module" && printf "'%s'," System.*.dll | sed 's/,$//')" >"$module/MSOnlineBackup.psd1"
mkdir -p "$drive/good/bin/Modules"
cp -r "$module" "$drive/good/bin/Modules/"
cp "$drive/$agent/bin/cbengine.exe" "$drive/good/bin/"
check "whose module is of files that Microsoft signed" verdict_is intact

rm "$module"/System.[C-T]*.dll "$module/System.Xml.dll"
truncate -s 700 "$module/System.Web.dll"
break_byte "$module/System.Buffers.dll"
touch -d '2019-03-04 05:06:07.25' "$module/System.Web.dll"
state broken
check "then files are missing" verdict_is reference-missing
check "cut off" verdict_is not-a-program
check "and changed" verdict_is signature-differs

# ---- Refused ----

refuses() { # NAME WORDS: the source C:\NAME, with these words
  check "refused: $1" repair 2 "C:\\$1"
  check "and it is said why" says "$2"
}
cp -r "$drive/good" "$drive/no-agent"
rm "$drive/no-agent/bin/cbengine.exe"
refuses no-agent 'nothing shows the version of the agent'

source_with imposter System.Xml.dll "$here/../fixtures/signed/imposter.dll"
refuses imposter '1 file: System.Xml.dll: its signature is not trusted'
check "its root becomes trusted" wine_run "$PROGRAMS/tools/trust_root.exe" "$(winepath -w "$here/../fixtures/signed/known-root.der")"
refuses imposter '1 file: System.Xml.dll: its signer, "Microsoft Corporation", is not Microsoft below a root of'

source_with other-name System.Xml.dll "$MICROSOFT_FILES/System.Web.dll"
refuses other-name "1 file: System.Xml.dll: it is another file of Microsoft's, System.Web.dll"

source_with changed System.Xml.dll "$MICROSOFT_FILES/System.Xml.dll"
break_byte "$drive/changed/bin/Modules/MSOnlineBackup/System.Xml.dll"
refuses changed '1 file: System.Xml.dll: it is not what was signed'

source_with unsigned System.Xml.dll "$here/../fuzz/corpus/pe/plain"
refuses unsigned '1 file: System.Xml.dll: whether Microsoft signed it cannot be told'
check "with advice" says 'a baseline'

state after
check "nothing was changed" same broken after

# ---- Restored and taken back ----

check "restored" repair 0 'C:\good'
check "the module is whole" verdict_is intact
check "byte for byte" diff -r "$module" "$good"
check "taken back" exits 0 undo --yes
state after
check "every file is what it was" same broken after

# ---- Another version under the same name, from a certificate that has expired ----

if [ -z "$MICROSOFT_OLD" ]; then
  echo "ok - an older file of Microsoft's # SKIP there is none"
  exit "$failed"
fi
source_with old System.IO.dll "$MICROSOFT_OLD"
cp "$good/System.IO.dll" "$module/"
break_byte "$module/System.IO.dll"
state broken
refuses old 'what it replaces is of version'
state after
check "nothing was changed then" same broken after
rm "$module/System.IO.dll"
state broken
check "where nothing is replaced it is restored" repair 0 'C:\old'
check "the older file" cmp "$module/System.IO.dll" "$MICROSOFT_OLD"
check "the module is whole then" verdict_is intact
check "taken back then" exits 0 undo --yes
state after
check "every file is what it was then" same broken after

exit "$failed"
