#!/usr/bin/env bash
# Makes the PowerShell module and tests it: its metadata and package with xunit, its behaviour with Pester on whatever pwsh is on
# PATH, its scripts with PSScriptAnalyzer. Prints a line of the Test Anything Protocol for each case.
# usage: run.sh        after the build; without a .NET SDK or pwsh, what needs it is told as skipped
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/../bindings/dotnet.sh"
export BUILD

metadata() {
  local log=$output/metadata.log code=0
  dotnet test tests/psmodule/metadata --artifacts-path "$output" --logger 'console;verbosity=normal' >"$log" 2>&1 || code=$?
  sed -nE 's/^  (Passed|Failed|Skipped) (MarsHealth\.Cmdlets\.Tests\.)?(.*)$/\1 \3/p' "$log" | sed -E '
    s/ \[[^]]*\]$//
    s/#//g
    s/^Passed /ok - metadata /
    s/^Failed /not ok - metadata /
    s/^Skipped (.*)/ok - metadata \1 # SKIP not possible here/'
  [ "$code" -eq 0 ] || sed 's/^/# /' "$log"
  return "$code"
}

if ! has_dotnet; then
  echo "note: there is no .NET SDK 8 or later: THE POWERSHELL MODULE IS NEITHER BUILT NOR TESTED"
  echo "ok - the PowerShell module # SKIP there is no .NET SDK 8 or later"
  exit 0
fi
if ! cmake --build "$BUILD" --target module >"$output/module.log" 2>&1; then
  cat "$output/module.log"
  if grep -q 'NU1301' "$output/module.log"; then
    echo "note: nuget.org cannot be reached: THE POWERSHELL MODULE IS NEITHER BUILT NOR TESTED"
    echo "ok - the PowerShell module # SKIP nuget.org cannot be reached"
    exit 0
  fi
  echo "not ok - the PowerShell module is built"
  exit 1
fi
grep '^note: ' "$output/module.log"
code=0
metadata || code=1
if command -v pwsh >/dev/null; then
  POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off NO_COLOR=1 pwsh -NoProfile -NonInteractive -File tests/psmodule/pester.ps1 || code=1
else
  echo "note: there is no pwsh on PATH: THE CMDLETS ARE NOT TESTED, only what they are called"
  echo "ok - the cmdlets in a real PowerShell # SKIP there is no pwsh on PATH"
fi
exit "$code"
