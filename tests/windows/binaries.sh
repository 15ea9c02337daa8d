#!/usr/bin/env bash
# What the Windows binaries look like from outside: what they import and export, how they are loaded, what they say they are.
# usage: binaries.sh DLL EXE HEADER VERSION
# imports.txt beside this file lists what may be imported; its head says what may stand there.
set -u
dll=$1 exe=$2 header=$3 version=$4
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
objdump=x86_64-w64-mingw32-objdump
failed=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

verdict() { # NAME: of the command before
  if [ $? -eq 0 ]; then
    echo "ok - $1"
  else
    echo "not ok - $1"
    failed=1
  fi
}

# "DLL function" lines of a binary's import table.
imports() { # BINARY
  "$objdump" -p "$1" | awk '
    /^There is an import table/ { inside = 1 }
    /^There is an export table|^The Function Table|^PE File Base Relocations/ { inside = 0 }
    inside && /DLL Name:/ { dll = $3 }
    inside && dll && NF == 3 && $1 ~ /^[0-9a-f]+$/ && $2 ~ /^[0-9]+$/ { print dll, $3 }'
}

only_allowed() { # IMPORTS
  [ -s "$1" ] || { echo "# no import was found"; return 1; }
  comm -23 <(LC_ALL=C sort -u "$1") <(grep -v '^#' "$here/imports.txt" | LC_ALL=C sort -u) >"$work/more"
  sed 's/^/# not in imports.txt: /' "$work/more"
  [ ! -s "$work/more" ]
}

imports "$dll" >"$work/dll"
imports "$exe" | grep -v '^marshealth[.]dll ' >"$work/exe"
only_allowed "$work/dll"
verdict "the DLL imports nothing but what Windows Server 2012 R2 has"
only_allowed "$work/exe"
verdict "the program imports nothing but that and the DLL"

# Other versions of the compiler need other functions of the run-time library, so this is no mistake by itself.
comm -13 <(LC_ALL=C sort -u "$work/dll" "$work/exe") <(grep -v '^#' "$here/imports.txt" | LC_ALL=C sort) |
  sed 's/^/# imported by nothing: /'

grep -oE '^MARS_API [^;(]*\(' "$header" | grep -oE 'mars_[a-z0-9_]+\($' | tr -d '(' | sort >"$work/declared"
"$objdump" -p "$dll" | sed -n '/^\[Ordinal\/Name Pointer\] Table/,/^$/s/^[[:blank:]]*\[ *[0-9]*\].* //p' | sort >"$work/exported"
[ -s "$work/declared" ] && diff "$work/declared" "$work/exported" | sed 's/^/# /' && cmp -s "$work/declared" "$work/exported"
verdict "the DLL exports what the header declares"
! "$objdump" -p "$exe" | grep -q '^\[Ordinal/Name Pointer\] Table'
verdict "the program exports nothing"

for binary in "$dll" "$exe"; do
  name=$(basename "$binary")
  "$objdump" -p "$binary" >"$work/headers"
  grep -q 'pei-x86-64' "$work/headers"
  verdict "$name is for x86-64"
  grep -q HIGH_ENTROPY_VA "$work/headers" && grep -q DYNAMIC_BASE "$work/headers" && grep -q NX_COMPAT "$work/headers"
  verdict "$name is relocated at random and has no executable data"
  # Without relocations the system could not move it, whatever the flag says.
  ! grep -q 'relocations stripped' "$work/headers" && "$objdump" -h "$binary" | grep -q '[.]reloc'
  verdict "$name keeps its relocations"
  grep -qE '^MajorSubsystemVersion[[:blank:]]+6$' "$work/headers" && grep -qE '^MinorSubsystemVersion[[:blank:]]+3$' "$work/headers"
  verdict "$name asks for Windows 8.1 or Server 2012 R2"
  for pair in "ProductName MarsHealth" "FileVersion $version" "ProductVersion $version" "OriginalFilename $name"; do
    strings -el "$binary" | grep -xF -A1 -- "${pair%% *}" | grep -qxF -- "${pair#* }"
    verdict "$name says its ${pair%% *}"
  done
done
[ "$failed" -eq 0 ]
