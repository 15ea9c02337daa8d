#!/usr/bin/env bash
# The public header stands alone: in C and C++, with nothing before it and every warning on.
# usage: header.sh INCLUDE_FOLDER C_COMPILER
set -eu
strict=(-Wall -Wextra -Wpedantic -Werror -fsyntax-only "-I$1")
echo '#include <marshealth.h>' | "$2" -std=c99 "${strict[@]}" -x c -
echo '#include <marshealth.h>' | "$2" -std=c17 "${strict[@]}" -x c -

# Each *_INIT sets every member of its struct.
starts() {
  echo '#include <marshealth.h>'
  echo 'int main(void) { uint64_t sum = 0;'
  grep -oE '^#define MARS_[A-Z_]+_INIT' "$1/marshealth.h" | cut -d ' ' -f 2 | while read -r init; do
    type=$(tr '[:upper:]' '[:lower:]' <<<"${init%_INIT}")
    echo "{ $type s = $init; sum += s.struct_size == sizeof s; }"
  done
  echo 'return (int)sum; }'
}
[ "$(starts "$1" | grep -c struct_size)" -ge 12 ] || { echo "not every *_INIT was found" >&2; exit 1; }
starts "$1" | "$2" -std=c99 "${strict[@]}" -x c -
command -v c++ >/dev/null || { echo "skipped: there is no C++ compiler"; exit 77; }
echo '#include <marshealth.h>' | c++ -std=c++11 "${strict[@]}" -x c++ -
starts "$1" | c++ -std=c++17 "${strict[@]}" -x c++ -
