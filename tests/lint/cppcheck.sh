#!/usr/bin/env bash
# cppcheck on the library and the tool. Suppressions stand in the sources, next to what they are about.
# The findings count with the version that the sources were written with; another one's are only shown.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
reference=2.10
cd "$(dirname "${BASH_SOURCE[0]}")/../.." || exit 1

if ! command -v cppcheck >/dev/null; then
  echo "ok - cppcheck # SKIP there is no cppcheck"
  exit 0
fi
version=$(cppcheck --version | sed 's/^Cppcheck //')
mkdir -p "$build/cppcheck"
if cppcheck --quiet --error-exitcode=1 --inline-suppr --std=c11 --enable=warning,performance,portability \
  --suppress=missingIncludeSystem --library=posix --platform=unix64 -j "${JOBS:-2}" --cppcheck-build-dir="$build/cppcheck" \
  -I native/include -I native/src -I "$build/native/generated" native/src native/cli native/windows; then
  echo "ok - cppcheck"
elif [ "${version%.*}" = "$reference" ] || [ "$version" = "$reference" ]; then
  echo "not ok - cppcheck"
else
  echo "ok - cppcheck # SKIP cppcheck $version finds something, $reference decides"
fi
