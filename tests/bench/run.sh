#!/usr/bin/env bash
# Measures against peers that do part of the same work in the same run, and prints ratios. Nothing is asserted: how long
# something takes depends on the machine and on what else it does. docs/performance.md says how to read the figures.
set -euo pipefail

usage() {
  cat <<'END'
usage: bash tests/bench/run.sh [--runs N] [--build DIR]

  --runs N     how often each command runs; the best and the median count (default 5)
  --build DIR  where to build (default: build, or $BUILD); the inputs are made below DIR/bench, about 550 MB
END
}

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build}
runs=5
while [ $# -gt 0 ]; do
  case $1 in
  --runs) runs=${2:?} && shift 2 ;;
  --build) build=$(realpath -m "${2:?}") && shift 2 ;;
  -h | --help) usage && exit 0 ;;
  *) usage >&2 && exit 2 ;;
  esac
done
export LC_ALL=C.UTF-8
cd "$root"

if ! command -v jq >/dev/null; then
  echo "bench: jq, the peer of judging evidence, is not installed (scripts/install-packages.sh tests)" >&2
  exit 1
fi
generator=()
[ -f "$build/CMakeCache.txt" ] || generator=(-G Ninja)
cmake --preset dev -B "$build" "${generator[@]}" >/dev/null
cmake --build "$build" --target bench --parallel "$(nproc)" >/dev/null

bin=$build/bench/bin
work=$build/bench
marshealth=$build/bin/marshealth
image=$work/image
config=$image/Windows/System32/config

code=0
"$bin/make_bench_image" examples/images/healthy "$image"
"$marshealth" test --image "$image" --format nagios || code=$?
if [ "$code" -ne 0 ]; then
  echo "bench: the large image is not healthy (exit code $code)" >&2
  exit 1
fi

# An example's evidence is that of a server; every document gets a computer name of its own.
documents=$work/evidence
mkdir -p "$documents"
for example in healthy broken; do
  "$build/tools/make_image" "examples/images/$example" "$work/$example"
  "$marshealth" collect --image "$work/$example" -o "$work/$example.json"
done
"$bin/make_bench_evidence" 10000 "$documents" "$work/healthy.json" "$work/broken.json"

cd "$documents"
arguments() { # COUNT: sets given
  given=()
  local file
  for file in $(seq -f '%05.0f.json' 0 $(($1 - 1))); do
    given+=(--evidence "$file")
  done
}
printf '%s\0' [0-9]*.json >"$work/documents.list"

echo "opening an image: SYSTEM $(stat -c %s "$config/SYSTEM"), SOFTWARE $(stat -c %s "$config/SOFTWARE")," \
  "DEFAULT $(stat -c %s "$config/DEFAULT") bytes"
"$bin/race" "$runs" "marshealth test --image" "$marshealth" test --image "$image" \
  --against "hivex_open of the hives" "$bin/open_hives" "$config/SYSTEM" "$config/SOFTWARE" "$config/DEFAULT"

echo "judging 10000 evidence files of $(stat -c %s 00000.json) and $(stat -c %s 00001.json) bytes, $(nproc) processors"
arguments 10000
"$bin/race" "$runs" "marshealth test --evidence ..." "$marshealth" test --format jsonl "${given[@]}" \
  --against "jq -c ." xargs -0 -a "$work/documents.list" jq -c .
echo "the same with one thread"
"$bin/race" "$runs" "marshealth test --jobs 1" "$marshealth" test --format jsonl --jobs 1 "${given[@]}"
echo "memory"
for count in 100 1000 10000; do
  arguments "$count"
  "$bin/race" 1 "$count evidence files" "$marshealth" test --format jsonl "${given[@]}"
done
