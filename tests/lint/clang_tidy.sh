#!/usr/bin/env bash
# clang-tidy on every C file (all), or on those that a change touches, headers' users included (changed): against the
# merge base with origin/main, or on main itself against the commit before.
# The findings count with the version that .clang-tidy was written for; another one's are only shown.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
reference=14
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

if ! command -v clang-tidy >/dev/null; then
  echo "ok - clang-tidy # SKIP there is no clang-tidy"
  exit 0
fi
version=$(clang-tidy --version | sed -n 's/.*LLVM version \([0-9]*\).*/\1/p')

# What a build knows how to compile, without what it generates.
files_of() { # BUILD_FOLDER
  jq -r '.[].file' "$1/compile_commands.json" | grep -v "^$build/" | sed "s|^$PWD/||" | sort -u
}

windows=$build/win-x64
every_file() {
  files_of "$build"
  windows_only
}
# What only the Windows build compiles; nothing where there is none.
windows_only() {
  [ ! -f "$windows/compile_commands.json" ] || comm -13 <(files_of "$build") <(files_of "$windows") | grep '[.]c$'
}

changed_files() {
  local base
  base=$(git merge-base HEAD origin/main 2>/dev/null || true)
  if [ -z "$base" ] || [ "$base" = "$(git rev-parse HEAD)" ]; then
    base=$(git rev-parse --verify --quiet HEAD~1) || return 1
  fi
  git diff --name-only --diff-filter=d "$base" -- '*.c' '*.h'
  git ls-files --others --exclude-standard -- '*.c' '*.h'
}

# A header is looked at through the sources that include it.
touched_sources() {
  local changed header
  changed=$(changed_files) || return 1
  {
    grep '\.c$' <<<"$changed"
    for header in $(grep '\.h$' <<<"$changed"); do
      every_file | xargs -r grep -lF "$(basename "$header")\"" | head -n 3
    done
  } | sort -u | comm -12 - <(every_file | sort)
}

if [ "${1-}" = all ] || ! files=$(touched_sources); then
  files=$(every_file)
fi
if [ -z "$files" ]; then
  echo "note: no C file was changed"
  echo "ok - clang-tidy on changed files"
  exit 0
fi
echo "note: $(wc -l <<<"$files") files, clang-tidy $version"
work=$build/clang-tidy
rm -rf "$work"
mkdir -p "$work"
windows_only >"$work/windows"
# One word per file and finding state, so that the two runs at a time do not mix their lines.
one='
  name=$(tr / _ <<<"$1")
  database=$0
  grep -qxF "$1" "$0/clang-tidy/windows" && database=$0/win-x64
  clang-tidy --quiet -p "$database" "$1" >"$0/clang-tidy/$name.txt" 2>"$0/clang-tidy/$name.err" || touch "$0/clang-tidy/$name.bad"
'
xargs -P "${JOBS:-2}" -I{} bash -c "$one" "$build" {} <<<"$files"
while read -r file; do
  name=$(tr / _ <<<"$file")
  if [ ! -e "$work/$name.bad" ]; then
    echo "ok - $file"
    continue
  fi
  cat "$work/$name.txt" "$work/$name.err"
  if [ "$version" = "$reference" ]; then
    echo "not ok - $file"
  else
    echo "ok - $file # SKIP clang-tidy $version finds something here, clang-tidy $reference decides"
  fi
done <<<"$files"
