#!/usr/bin/env bash
# The public header stands alone: in C and C++, with nothing before it and every warning on.
# usage: header.sh INCLUDE_FOLDER C_COMPILER
set -eu
strict=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only "-I$1")
echo '#include <marshealth.h>' | "$2" -std=c99 "${strict[@]}" -x c -
echo '#include <marshealth.h>' | "$2" -std=c17 "${strict[@]}" -x c -
command -v c++ >/dev/null || { echo "skipped: there is no C++ compiler"; exit 77; }
echo '#include <marshealth.h>' | c++ -std=c++11 "${strict[@]}" -x c++ -
echo 'int main() { mars_session_options o = MARS_SESSION_OPTIONS_INIT; mars_finding f = MARS_FINDING_INIT; return (int)(o.reserved + (uint32_t)f.reserved); }' |
  cat <(echo '#include <marshealth.h>') - | c++ -std=c++17 "${strict[@]}" -x c++ -
