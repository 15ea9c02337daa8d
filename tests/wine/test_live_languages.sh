#!/usr/bin/env bash
# What vssadmin prints in several languages, on a live machine with the code page of each: what is read of it is, byte for
# byte, what the Linux build reads of an image with the same output.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
machine=live_languages
. "$here/prefix.sh"
. "$here/image_machine.sh"
. "$here/scene.sh"
console=$here/../fixtures/console
make_image=$(dirname "$MARSHEALTH")/../tools/make_image
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH/locales"

# Wine takes the code page from the locale, and nothing else of it here, so that what the C library has of UTF-8 will do.
locales=$(dirname "$(find /usr/lib/locale -path '*/C.*/LC_CTYPE' | head -n 1)")
languages=(de:de_DE:850 el:el_GR:737 en:en_US:437 fr:fr_FR:850 ja:ja_JP:932 pl:pl_PL:852 ru:ru_RU:866 tr:tr_TR:857
  zh-CN:zh_CN:936)

prefix_use "$PREFIXES" "$machine" || exit 1
export LOCPATH=$SCRATCH/locales
cp "$tools/vssadmin.exe" "$WINEPREFIX/drive_c/windows/system32/"
mkdir -p "$(vss_folder)"

# An image with nothing but a code page and captures.
image() { # CODE_PAGE
  local source=$SCRATCH/source-$1
  mkdir -p "$source/registry"
  printf '{ "folders": ["captures"] }\n' >"$source/image.json"
  printf 'Windows Registry Editor Version 5.00\n\n[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage]\n"OEMCP"="%s"\n' \
    "$1" >"$source/registry/code-page.reg"
  [ -d "$SCRATCH/image-$1" ] || "$make_image" --base "$sources/healthy" "$source" "$SCRATCH/image-$1"
}
read_here() { # LOCALE
  LC_ALL=$1.UTF-8 wine_run "$MARSHEALTH_EXE" collect </dev/null >"$SCRATCH/live.json" 2>"$SCRATCH/out.err"
}
# All that is read of both tools, the text itself included, without where it is from.
shadow() { # EVIDENCE
  jq '.shadow | del(.. | .where?) | {storage_text, storage, writers_text, writers}' "$1"
}
# What the code page does not have comes out as what is nearest to it.
encoded() { # FILE CODE_PAGE
  iconv -f UTF-8 -t "CP$2//TRANSLIT" "$1"
}
same() { # STORAGE WRITERS LANGUAGE LOCALE CODE_PAGE
  local captures=$SCRATCH/image-$5/captures
  encoded "$console/$1-$3.txt" "$5" >"$captures/vssadmin-list-shadowstorage.txt" || return 1
  encoded "$console/$2-$3.txt" "$5" >"$captures/vssadmin-list-writers.txt" || return 1
  cp "$captures/vssadmin-list-shadowstorage.txt" "$(vss_folder)/answer-shadowstorage.bin"
  cp "$captures/vssadmin-list-writers.txt" "$(vss_folder)/answer-writers.bin"
  read_here "$4" && "$MARSHEALTH" collect --image "$SCRATCH/image-$5" >"$SCRATCH/image.json" &&
    shadow "$SCRATCH/live.json" >"$SCRATCH/live.shadow" && shadow "$SCRATCH/image.json" >"$SCRATCH/image.shadow" &&
    cmp "$SCRATCH/live.shadow" "$SCRATCH/image.shadow" && is_text storage_text "$1-$3" "$5" && is_text writers_text "$2-$3" "$5"
}
is_text() { # FIELD CAPTURE CODE_PAGE: as iconv has it
  cmp <(jq -j ".$1.value" "$SCRATCH/live.shadow") <(encoded "$console/$2.txt" "$3" | iconv -f "CP$3" -t UTF-8 | tr -d '\r')
}

for language in "${languages[@]}"; do
  IFS=: read -r name locale page <<<"$language"
  ln -sfn "$locales" "$LOCPATH/$locale.UTF-8"
  image "$page" || { echo "not ok - $name: an image is made"; failed=1; continue; }
  check "$name: the code page is $page" eval "LC_ALL=$locale.UTF-8 wine_run reg query \
    'HKLM\\SYSTEM\\CurrentControlSet\\Control\\Nls\\CodePage' /v OEMCP | grep -q 'REG_SZ *$page'"
  check "$name: storage and writers" same storage writers "$name" "$locale" "$page"
  check "$name: no storage" same storage-none writers "$name" "$locale" "$page"
  check "$name: an error" same storage-error storage-error "$name" "$locale" "$page"
done

exit "$failed"
