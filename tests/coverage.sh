#!/usr/bin/env bash
# Line coverage of the library and the tool by the tests, by folder; gcov's own figures. Written to build/coverage/coverage.txt.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)/build}
folder=$build/coverage
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1
generator=()
[ -f "$folder/CMakeCache.txt" ] || generator=(-G Ninja)
cmake --preset coverage "${generator[@]}" -DMARSHEALTH_TESTS=ON -DMARSHEALTH_EXAMPLES=ON || exit 1
cmake --build "$folder" --parallel "${JOBS:-2}" || exit 1
find "$folder" -name '*.gcda' -delete
ctest --test-dir "$folder" --parallel "${JOBS:-2}" --timeout 300 --output-on-failure || exit 1
# gcov tells of each file: File 'path', then "Lines executed:97.06% of 34".
find "$folder" -name '*.gcda' -print0 | (cd "$folder" && xargs -0 gcov --no-output) 2>/dev/null |
  awk -v root="$PWD/native/" '
    /^File / { file = substr($0, 7, length($0) - 7) }
    /^Lines executed:/ && index(file, root) == 1 && file ~ /\.c$/ {
      split($0, part, /[:% ]+/)
      name = substr(file, length(root) + 1)
      sub(/\/[^\/]*$/, "", name)
      lines[name] += part[5]
      hit[name] += part[3] * part[5] / 100
      all_lines += part[5]
      all_hit += part[3] * part[5] / 100
    }
    END {
      for (name in lines) {
        printf "%5.1f %% of %5d lines  %s\n", 100 * hit[name] / lines[name], lines[name], name | "sort -k 6"
      }
      close("sort -k 6")
      if (all_lines == 0) {
        exit 1
      }
      printf "%5.1f %% of %5d lines  in all\n", 100 * all_hit / all_lines, all_lines
    }' | tee "$folder/coverage.txt" | sed 's/^/note: /'
