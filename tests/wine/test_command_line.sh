#!/usr/bin/env bash
# The command line tool of the Windows build, beside that of the Linux build: the same words on the command line give the
# same bytes and the same exit code.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
for needed in "$MARSHEALTH" "$EXAMPLE_IMAGES/healthy" "$EXAMPLE_IMAGES/broken"; do
  [ -e "$needed" ] || { echo "$needed is not there: build for Linux first"; exit 1; }
done
prefix_use "$PREFIXES" command_line || exit 1
unset NO_COLOR
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH" || exit 1
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    head -c 1000 windows.err 2>/dev/null | sed 's/^/# /'
    echo "not ok - $1"
    failed=1
  fi
}

on_linux() { # ARGUMENT...: output in linux.out and linux.err, exit code in linux_code
  linux_code=0
  timeout 60 "$MARSHEALTH" "$@" >linux.out 2>linux.err || linux_code=$?
}
on_windows() {
  windows_code=0
  wine_run "$MARSHEALTH_EXE" "$@" >windows.out 2>windows.err || windows_code=$?
}

same() { # ARGUMENT...
  on_linux "$@" </dev/null
  on_windows "$@" </dev/null
  [ -s linux.out ] && same_outcome
}
same_outcome() {
  cmp linux.out windows.out && cmp linux.err windows.err || return 1
  [ "$linux_code" -eq "$windows_code" ] || { echo "# exit code $windows_code, on Linux $linux_code"; return 1; }
}

exits() { # EXIT_CODE MESSAGE ARGUMENT...: with the message on standard error and nothing on standard output
  on_windows "${@:3}" </dev/null
  [ "$windows_code" -eq "$1" ] || { echo "# exit code $windows_code, not $1"; return 1; }
  [ ! -s windows.out ] && grep -qF -- "$2" windows.err
}

# ---- What it knows ----

for words in version "version --format json" checks "checks --format json" "schema evidence" "schema report" --help "test --help"; do
  # shellcheck disable=SC2086
  check "the same: $words" same $words
done

# ---- Judging saved evidence ----

for image in healthy broken; do
  "$MARSHEALTH" collect --image "$EXAMPLE_IMAGES/$image" -o "$image.json" || exit 1
  for format in text json jsonl junit nagios; do
    check "the same: $image as $format" same test --evidence "$image.json" --format "$format"
  done
done
"$MARSHEALTH" collect --image "$EXAMPLE_IMAGES/broken" --redact -o redacted.json || exit 1
check "the same: redacted" same test --evidence redacted.json --format json
check "the same: everything shown" same test --evidence broken.json --all
check "the same: one check" same test --evidence broken.json --check schedule
check "the same: unknown allowed" same test --evidence redacted.json --check shadow --unknown-ok

many=()
for ((i = 0; i < 40; i++)); do
  cp "$([ $((i % 3)) -eq 0 ] && echo broken.json || echo healthy.json)" "server-$i.json"
  many+=(--evidence "server-$i.json")
done
check "the same: forty sources by four threads" same test "${many[@]}" --jobs 4 --format jsonl
check "the same: forty sources as text" same test "${many[@]}"
check "the same: sources that are not there among others" same test --evidence none.json --evidence healthy.json --format json

from_standard_input() {
  on_linux test --evidence - --format json <broken.json
  on_windows test --evidence - --format json <broken.json
  [ -s linux.out ] && same_outcome
}
check "the same: from standard input" from_standard_input

# ---- Paths ----

folder="Überprüfung 健康 😀"
mkdir -p "$folder"
cp broken.json "$folder/данные.json"
check "the same: a path beyond ASCII" same test --evidence "$folder/данные.json" --format json

long=$(printf 'a-long-name-%.0s' {1..8})
long=$long/$long/$long/$long
mkdir -p "$long"
cp healthy.json "$long/evidence.json"
check "the same: a path of more than 260 characters" same test --evidence "$long/evidence.json"

with_backslashes() {
  on_windows test --evidence "$folder\\данные.json" </dev/null
  "$MARSHEALTH" test --evidence "$folder/данные.json" >linux.out
  cmp <(sed 's|\\данные|/данные|' windows.out) linux.out
}
check "backslashes are taken" with_backslashes

writes() { # PATH: the report goes to the file and nowhere else, over what was there, and leaves nothing beside it
  mkdir -p "$(dirname "$1")"
  echo "something older and longer than nothing" >"$1"
  on_windows test --evidence broken.json --format json -o "$1" </dev/null
  "$MARSHEALTH" test --evidence broken.json --format json >linux.out
  [ "$windows_code" -eq 2 ] && [ ! -s windows.out ] && cmp "$1" linux.out && [ ! -e "$1.part" ]
}
check "an output file" writes report.json
check "an output file with a path beyond ASCII" writes "$folder/отчёт.json"
check "an output file with a long path" writes "$long/report.json"

no_place() {
  exits 3 "could not be created" test --evidence broken.json -o no-such-folder/report.json && [ ! -e no-such-folder ]
}
check "an output file in a folder that is not there" no_place

# A program started from elsewhere finds its library beside itself.
moved() {
  mkdir -p "$folder/bin"
  cp "$MARSHEALTH_EXE" "$(dirname "$MARSHEALTH_EXE")/marshealth.dll" "$folder/bin/"
  "$MARSHEALTH" version >linux.out
  wine_run "$folder/bin/marshealth.exe" version >windows.out && cmp linux.out windows.out
}
check "the same from another folder" moved

# ---- Bad input ----

head -c 2000 broken.json >cut.json
printf '\xFF\xFE{' >strange.json
printf '[%.0s' {1..5000} >deep.json
: >empty.json
for bad in cut strange deep empty none; do
  refused() {
    on_linux test --evidence "$bad.json" </dev/null
    on_windows test --evidence "$bad.json" </dev/null
    [ "$windows_code" -eq 3 ] && [ -s windows.err ] && same_outcome
  }
  check "the same message: $bad.json" refused
done
check "a folder instead of a file" exits 3 "could not be opened" test --evidence "$folder"
check "an unknown command" exits 3 'no command "nonsense"' nonsense
check "an unknown option" exits 3 'see marshealth test --help' test --nonsense
check "an unknown check" exits 3 nonsense test --evidence healthy.json --check nonsense
check "an image cannot be read here" exits 3 "images are read on Linux" test --image "$EXAMPLE_IMAGES/healthy"
check "nor collected from" exits 3 "images are read on Linux" collect --image "$EXAMPLE_IMAGES/healthy"

prefix_stop "$PREFIXES" command_line
nothing_runs() {
  [ -z "$(prefix_processes "$WINEPREFIX")" ]
}
check "no process of the prefix is left" nothing_runs
[ "$failed" -eq 0 ]
