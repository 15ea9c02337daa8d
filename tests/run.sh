#!/usr/bin/env bash
# Installs what is missing, builds, runs the tests. The cheapest steps come first, and the first one that fails ends the
# run. The last line is "N passed, N failed, N skipped", counting test cases. Everything made is below build/.
set -uo pipefail

usage() {
  cat <<'END'
usage: bash tests/run.sh [--all] [--help]

  --all    also: a kill at every point of a repair, thousands of random ones, the .NET binding under Wine 10, thread
           sanitizer, clang-tidy on every file, real fuzzing, coverage

Environment:
  FUZZ_SECONDS            with --all: seconds of fuzzing for each target (default 60)
  REPAIR_ROUNDS           rounds of random faults that are repaired and taken back (default 40, with --all 3000)
  PWSH_WINDOWS            with --all: a folder with a pwsh.exe for 64-bit Windows that needs nothing else: the cmdlets run in
                          it, under Wine 10
  MARSHEALTH_TEST_IMAGES  a folder of your own with images, registry hives (also .xz) and task files: every one is read
                          and judged as well
END
}

all=false
for argument in "$@"; do
  case $argument in
  --all) all=true ;;
  -h | --help)
    usage
    exit 0
    ;;
  *)
    usage >&2
    exit 2
    ;;
  esac
done

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd) || exit 1
cd "$root" || exit 1
export BUILD=$root/build
export JOBS=${JOBS:-$(nproc 2>/dev/null || echo 2)}
logs=$BUILD/test-logs
mkdir -p "$logs" || exit 1
unset MAKEFLAGS CTEST_OUTPUT_ON_FAILURE
export LC_ALL=C.UTF-8

passed=0
failed=0
skipped=0
summary() {
  echo "$passed passed, $failed failed, $skipped skipped"
}
interrupted() {
  failed=$((failed + 1))
  echo "interrupted"
  summary
  exit 130
}
trap interrupted INT TERM

# ---- Steps: each is a function; its output goes to a log, in which the test cases are counted ----

configure() { # PRESET FOLDER [ARGUMENT...]
  local preset=$1 folder=$2 generator=()
  shift 2
  [ -f "$folder/CMakeCache.txt" ] || generator=(-G Ninja)
  cmake --preset "$preset" -B "$folder" "${generator[@]}" -DMARSHEALTH_TESTS=ON -DMARSHEALTH_EXAMPLES=ON \
    "-DCMAKE_COMPILE_WARNING_AS_ERROR=$(warnings_as_errors)" "$@"
}

# A compiler that the code was never tried with may warn of something new: no reason to stop testing.
warnings_as_errors() {
  case $(gcc -dumpversion) in
  12*) echo ON ;;
  *) echo OFF ;;
  esac
}

build_in() { # PRESET FOLDER
  configure "$1" "$2" && cmake --build "$2" --parallel "$JOBS"
}

# Without a folder of images of one's own there is nothing that could be called skipped.
no_extra_images=
[ -n "${MARSHEALTH_TEST_IMAGES:-}" ] || no_extra_images='^image\.extra_images$'

ctest_in() { # FOLDER EXCLUDED_TESTS [ARGUMENT...]
  "${fixed[@]}" ctest --test-dir "$1" --exclude-regex "${2:-^$}" --parallel "$JOBS" --timeout 900 --verbose --no-tests=error "${@:3}"
}

# Sanitizers make a program slow: less of what is tried many times.
sample() {
  unset REPAIR_KILLS REPAIR_ROUNDS
  export REPAIR_STRIDE=41
}

# Sanitizers map fixed addresses, which a kernel with much address randomisation may have given away.
fixed=()
if setarch -R true 2>/dev/null; then
  fixed=(setarch -R)
fi

packages() { bash scripts/install-packages.sh "$($all && echo all || echo tests)"; }
build() { build_in dev "$BUILD"; }
unit() { ctest_in "$BUILD" '^image\.'; }
image() {
  if $all; then
    export REPAIR_KILLS=all REPAIR_ROUNDS=${REPAIR_ROUNDS:-3000}
  fi
  ctest_in "$BUILD" "$no_extra_images" --tests-regex '^image\.'
}
locales() { bash tests/locale/run.sh; }
install() { bash tests/install/run.sh; }
bindings() { bash tests/bindings/run.sh; }
psmodule() { bash tests/psmodule/run.sh; }
wine10() { bash tests/bindings/wine10.sh; }
windows_build() {
  if ! command -v x86_64-w64-mingw32-gcc-win32; then
    echo "note: there is no compiler for Windows: nothing is built"
    return
  fi
  bash scripts/windows/build-dependencies.sh "$BUILD/win-x64" && build_in win-x64 "$BUILD/win-x64"
}
windows_binaries() { windows_ctest '^windows\.'; }
wine() {
  if $all; then
    export WINE_KILLS=all WINE_PATIENCE=all
  fi
  windows_ctest '^(unit|fuzz|wine)\.'
}
windows_ctest() { # TESTS
  if ! command -v x86_64-w64-mingw32-gcc-win32 || ! command wine --version; then
    echo "ok - the Windows build # SKIP there is no compiler for Windows or no Wine"
    return
  fi
  ctest --test-dir "$BUILD/win-x64" --tests-regex "$1" --parallel "$JOBS" --timeout 900 --verbose --no-tests=error
}
valgrind() { bash tests/valgrind/run.sh; }
asan_build() { build_in asan "$BUILD/asan"; }
asan() {
  sample
  ctest_in "$BUILD/asan" "$no_extra_images"
}
cppcheck() { bash tests/lint/cppcheck.sh; }
clang_tidy() { bash tests/lint/clang_tidy.sh "$($all && echo all || echo changed)"; }
tsan_build() { build_in tsan "$BUILD/tsan"; }
tsan() {
  sample
  TSAN_OPTIONS="suppressions=$root/tests/tsan.supp" ctest_in "$BUILD/tsan" "$no_extra_images"
}
coverage() { bash tests/coverage.sh; }
fuzz_build() { configure fuzz "$BUILD/fuzz" -DCMAKE_COMPILE_WARNING_AS_ERROR=OFF && cmake --build "$BUILD/fuzz" --parallel "$JOBS"; }
fuzz() { "${fixed[@]}" bash tests/fuzz/run.sh "${FUZZ_SECONDS:-60}"; }

# name, whether it has test cases, what it does
steps=(
  "packages no installing what is missing"
  "build no building"
  "unit yes unit tests, fuzz corpora, header and exports"
  "image yes images, end to end"
  "locales yes other locales"
  "install yes installed and used from C and C++"
  "bindings yes the .NET binding under .NET and Mono"
  "windows_build no building for Windows, with the libraries it needs"
  "windows_binaries yes what the Windows binaries import, export and say they are"
  "psmodule yes the PowerShell module: what it is made of, and its cmdlets in a real PowerShell"
  "wine yes unit tests, fuzz corpora and the command line tool under Wine"
  "valgrind yes the command line tool under valgrind"
  "asan_build no building with the address and undefined behaviour sanitizers"
  "asan yes every test under these sanitizers"
  "cppcheck yes cppcheck"
  "clang_tidy yes clang-tidy"
)
if $all; then
  steps+=(
    "wine10 yes the .NET binding on Windows, under Wine 10"
    "tsan_build no building with the thread sanitizer"
    "tsan yes every test under the thread sanitizer"
    "coverage no line coverage"
    "fuzz_build no building the fuzz targets"
    "fuzz yes fuzzing, ${FUZZ_SECONDS:-60} s a target"
  )
fi

# ---- Running them ----

# Sets step_passed, step_failed, step_skipped and prints what did not pass.
count() { # NAME HAS_CASES EXIT_CODE
  local log=$logs/$1.log
  step_passed=0
  step_failed=0
  step_skipped=0
  if [ "$2" = yes ]; then
    awk -f tests/count_cases.awk "$log" >"$log.cases"
    read -r step_passed step_failed step_skipped < <(tail -n 1 "$log.cases")
    sed -n 's/^\(failed\|skipped\): /    &/p' "$log.cases"
    if [ $((step_passed + step_failed + step_skipped)) -eq 0 ]; then
      echo "    failed: no test case was found"
      step_failed=1
    fi
  fi
  if [ "$3" -ne 0 ] && [ "$step_failed" -eq 0 ]; then
    echo "    failed: the step ended with exit code $3"
    step_failed=1
  fi
}

# What the failed tests of a ctest run printed, else the end of the log.
show_failure() { # LOG
  local numbers
  numbers=$(sed -nE 's/^ *[0-9]+\/[0-9]+ Test +#([0-9]+): .*\*\*\*(Failed|Exception|Timeout|Not Run).*/\1/p' "$1" | paste -sd '|')
  echo "---- from $1 ----"
  if [ -n "$numbers" ]; then
    grep -aE "^($numbers): " "$1" | grep -avE '\[( RUN     |       OK|=====|-----|  PASSED)|^[0-9]+: (Test command|Working Directory|Test timeout)' | head -n 80
  else
    tail -n 60 "$1"
  fi
}

run_step() { # NAME HAS_CASES TITLE
  local log=$logs/$1.log start=$SECONDS code=0
  printf '%s\n' "== $3"
  if [ "$1" = packages ]; then
    "$1" 2>&1 </dev/null | tee "$log"
    code=${PIPESTATUS[0]}
  else
    "$1" >"$log" 2>&1 </dev/null || code=$?
    sed -n 's/^note: /    /p' "$log"
  fi
  count "$1" "$2" "$code"
  if [ "$2" = yes ]; then
    echo "   $step_passed passed, $step_failed failed, $step_skipped skipped in $((SECONDS - start)) s"
  else
    echo "   $((SECONDS - start)) s"
  fi
  passed=$((passed + step_passed))
  failed=$((failed + step_failed))
  skipped=$((skipped + step_skipped))
  if [ "$step_failed" -gt 0 ]; then
    show_failure "$log"
    return 1
  fi
}

for ((i = 0; i < ${#steps[@]}; i++)); do
  read -r name has_cases title <<<"${steps[i]}"
  if ! run_step "$name" "$has_cases" "$title"; then
    for ((i++; i < ${#steps[@]}; i++)); do
      read -r name has_cases title <<<"${steps[i]}"
      echo "not run: $title"
    done
    break
  fi
done
echo "$SECONDS s in all"
summary
[ "$failed" -eq 0 ]
