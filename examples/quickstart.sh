#!/usr/bin/env bash
# From a fresh clone to a judged server: installs what is missing, builds, and judges two example servers.
# usage: bash examples/quickstart.sh
# Needs Debian 12 or 13 or Ubuntu 24.04, as root or with sudo. Everything it makes is below build/.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

log=build/quickstart.log
marshealth=build/bin/marshealth
images=build/examples/images

stop() {
  echo "quickstart: $1" >&2
  exit 1
}

# The output of a step that worked is of no interest.
quietly() {
  local what=$1
  shift
  if ! "$@" >"$log" 2>&1; then
    tail -n 40 "$log" >&2
    stop "$what failed; its last lines are above, all of them in $log"
  fi
}

configure() {
  # A folder that is configured already keeps its options: tests/run.sh builds there too.
  if [ -f build/CMakeCache.txt ]; then
    cmake -S . -B build -DMARSHEALTH_EXAMPLES=ON
  else
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMARSHEALTH_TESTS=OFF -DMARSHEALTH_EXAMPLES=ON
  fi
}

mkdir -p build || stop "the folder build cannot be made here"
echo "[1/4] Packages: compiler, CMake and libraries"
bash scripts/install-packages.sh build || stop "without these packages nothing can be built"
echo "[2/4] Building"
quietly "Configuring" configure
quietly "Building" cmake --build build --parallel --target marshealth marshealth_cli example_images

echo "[3/4] Judging the broken example server"
echo
echo "$ $marshealth test --image $images/broken"
"$marshealth" test --image "$images/broken"
code=$?
[ "$code" -eq 2 ] || stop "judging it should have ended with exit code 2, not $code"
echo
echo "That was exit code 2: something fails. It is an example, so this is as it should be."

echo
echo "[4/4] Judging its healthy twin, in one line"
echo
echo "$ $marshealth test --image $images/healthy --format nagios"
"$marshealth" test --image "$images/healthy" --format nagios
code=$?
[ "$code" -eq 0 ] || stop "judging it should have ended with exit code 0, not $code"

cat <<END

Next:
  the same for programs        $marshealth test --image $images/broken --format json
  what is checked              $marshealth checks
  read now, judge elsewhere    $marshealth collect --image $images/broken -o build/evidence.json
                               $marshealth test --evidence build/evidence.json
  install tool and library     cmake --install build --prefix ~/.local
  a server of your own         examples/images/README.md
END
