#!/usr/bin/env bash
# Installs into build/stage, moves that elsewhere, and uses it there: the tool, and the library from C and C++ through
# pkg-config and through find_package.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
work=$build/install-test
stage=$build/stage
images=$build/examples/images
rm -rf "$stage" "$work"
mkdir -p "$work"

check() { # NAME COMMAND...
  local name=$1
  shift
  if "$@"; then
    echo "ok - $name"
  else
    echo "not ok - $name"
  fi
}

install_and_move() {
  cmake --install "$build" --prefix "$stage.first" && rm -rf "$stage" && mv "$stage.first" "$stage"
}
install_and_move || exit 1

pc=$(find "$stage" -name marshealth.pc)
export PKG_CONFIG_PATH=${pc%/*}

tool() {
  local code=0
  "$stage/bin/marshealth" test --image "$images/broken" >"$work/tool.txt" || code=$?
  [ "$code" -eq 2 ] && [ -s "$work/tool.txt" ]
}

finds_faults() { # PROGRAM
  "$1" "$images/broken" | tee "$work/broken.txt" && grep -q '^schedule.enabled/' "$work/broken.txt" &&
    "$1" "$images/healthy" | tee "$work/healthy.txt" && grep -q '^fail 0 of ' "$work/healthy.txt"
}

finds_tasks() { # PROGRAM
  "$1" "$images/broken" | tee "$work/tasks.txt" && grep -q '"schedule.enabled/' "$work/tasks.txt"
}

library_path=$(pkg-config --variable=libdir marshealth)
with_pkg_config() { # COMPILER STANDARD SOURCE PROGRAM
  # shellcheck disable=SC2046 # flags are words
  "$1" "-std=$2" -Wall -Wextra -Wpedantic -Werror "$here/$3" -o "$work/$4" $(pkg-config --cflags --libs marshealth) \
    "-Wl,-rpath,$library_path"
}
c_with_pkg_config() { with_pkg_config cc c99 consumer.c pkg_c && finds_faults "$work/pkg_c"; }
cpp_with_pkg_config() { with_pkg_config c++ c++11 consumer.cpp pkg_cpp && finds_tasks "$work/pkg_cpp"; }

find_package() {
  cmake -S "$here" -B "$work/cmake" -G Ninja "-DCMAKE_PREFIX_PATH=$stage" && cmake --build "$work/cmake"
}

nothing_else() {
  # What a package would hold, and nothing of the build.
  (cd "$stage" && find . \( -type f -o -type l \) | LC_ALL=C sort) >"$work/installed.txt"
  cat "$work/installed.txt"
  ! grep -vE '^\./(bin/marshealth|include/marshealth\.h|lib(/[^/]+)?/(libmarshealth\.so(\.[0-9.]+)?|pkgconfig/marshealth\.pc|cmake/marshealth/marshealth-[a-z-]+\.cmake))$' "$work/installed.txt"
}

check "only what belongs there is installed" nothing_else
check "the installed tool finds its library" tool
check "C through pkg-config" c_with_pkg_config
check "C++ through pkg-config" cpp_with_pkg_config
check "find_package" find_package
check "C through find_package" finds_faults "$work/cmake/consumer_c"
check "C++ through find_package" finds_tasks "$work/cmake/consumer_cpp"
