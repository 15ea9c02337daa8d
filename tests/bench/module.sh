#!/usr/bin/env bash
# Measures the PowerShell module against PowerShell itself, in the same run and by turns, and prints ratios. Nothing is asserted.
# docs/performance.md says how to read the figures. usage: bash tests/bench/module.sh [--runs N] [--files N]
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
build=${BUILD:-$root/build}
runs=5
files=1000
while [ $# -gt 0 ]; do
  case $1 in
  --runs) runs=${2:?} && shift 2 ;;
  --files) files=${2:?} && shift 2 ;;
  *) echo "usage: bash tests/bench/module.sh [--runs N] [--files N]" >&2 && exit 2 ;;
  esac
done
export LC_ALL=C.UTF-8 POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off NO_COLOR=1
cd "$root"
if ! command -v pwsh >/dev/null; then
  echo "bench: there is no pwsh on PATH" >&2
  exit 1
fi
generator=()
[ -f "$build/CMakeCache.txt" ] || generator=(-G Ninja)
cmake --preset dev -B "$build" "${generator[@]}" >/dev/null
cmake --build "$build" --target bench module example_images --parallel "$(nproc)" >/dev/null

race=$build/bench/bin/race
module=$build/MarsHealth
image=$build/examples/images/broken
documents=$build/bench/evidence-for-module
rm -rf "$documents"
mkdir -p "$documents"
for example in healthy broken; do
  "$build/bin/marshealth" collect --image "$build/examples/images/$example" -o "$build/bench/$example.json"
done
"$build/bench/bin/make_bench_evidence" "$files" "$documents" "$build/bench/healthy.json" "$build/bench/broken.json"

ten="'agent.installed', 'agent.version', 'agent.service', 'agent.registration', 'schedule.enabled', 'schedule.principal',
  'schedule.multiple-instances', 'powershell.execution-policy', 'shadow.storage', 'shadow.writers'"
count='| Measure-Object | Out-Null'

echo "importing the module and judging an image"
"$race" "$runs" "Import-Module, Test-MarsHealth -ImagePath" \
  pwsh -NoProfile -Command "Import-Module '$module'; Test-MarsHealth -ImagePath '$image' $count" \
  --against "pwsh -NoProfile" pwsh -NoProfile -Command "1 $count"
echo "the same, showing the findings as a table"
"$race" "$runs" "... Test-MarsHealth" \
  pwsh -NoProfile -Command "Import-Module '$module'; Test-MarsHealth -ImagePath '$image'" \
  --against "pwsh -NoProfile, a table" pwsh -NoProfile -Command "Get-Item / | Format-Table"

echo "judging $files evidence files by ten checks"
"$race" "$runs" "Test-MarsHealth -EvidencePath" \
  pwsh -NoProfile -Command "Import-Module '$module'; Test-MarsHealth -EvidencePath '$documents/*.json' -Check $ten $count" \
  --against "ten checks as a script" pwsh -NoProfile -Command "& '$root/tests/bench/ten_checks.ps1' -Path '$documents' $count"
"$race" "$runs" "pwsh -NoProfile, which is in both" pwsh -NoProfile -Command "1 $count"
