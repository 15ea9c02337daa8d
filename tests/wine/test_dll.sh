#!/usr/bin/env bash
# marshealth.dll in a program that loads it, uses it on threads and unloads it (use_dll.c).
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}" "${PROGRAMS:?}"
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
prefix_use "$PREFIXES" dll || exit 1
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH" || exit 1
"$MARSHEALTH" collect --image "$EXAMPLE_IMAGES/broken" -o broken.json || exit 1
wine_run "$PROGRAMS/use_dll.exe" "$(dirname "$MARSHEALTH_EXE")/marshealth.dll" broken.json
