#!/usr/bin/env bash
# Makes an example image a machine of Wine's with faults, and runs the cases there, which may change it.
# usage: wine10_machine.sh PROGRAMS EVIDENCE        started by wine10.sh, in the root with Wine 10
set -uo pipefail
: "${BUILD:?}" "${PREFIXES:?}" "${EXAMPLE_IMAGES:?}" "${MARSHEALTH_EXE:?}"

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
cd "$here/../wine" || exit
. ./prefix.sh
. ./image_machine.sh
machine=binding

# With the service's key and the task as Wine and the stand-in write them, so that what is taken back is the same to the byte.
with_faults() {
  local file
  import "$sources/broken/registry/20-faults.reg" && take_tasks "$EXAMPLE_IMAGES/broken/Windows/System32/Tasks" || return
  file=$(task_file Microsoft-OnlineBackup)
  as_written "$file" >"$file.new" && mv "$file.new" "$file" && wine_run "$tools/set_start.exe" obengine 2
}

code=0
cases() { # PROGRAM NAME [CLASS]
  (cd "$1" && wine_run MarsHealth.Interop.Tests.exe "${@:3}") >"$WINEPREFIX/cases" 2>&1 || code=1
  sed -E "s/\r\$//; s/^((not )?ok -) /\1 $2 /" "$WINEPREFIX/cases"
}

guarded() { # PROGRAM
  (cd "$1" && MARSHEALTH_THROWAWAY_MACHINE='' wine_run MarsHealth.Interop.Tests.exe LiveTests) >"$WINEPREFIX/cases" 2>&1
  if grep -q '^ok - LiveTests.* # SKIP ' "$WINEPREFIX/cases" && ! grep -E '^(not )?ok -' "$WINEPREFIX/cases" | grep -v ' # SKIP '; then
    echo "ok - no case changes a machine that is not given away"
  else
    sed 's/^/# /' "$WINEPREFIX/cases"
    echo "not ok - no case changes a machine that is not given away"
    code=1
  fi
}

# pwsh.exe wants a console, so it has a terminal.
cmdlets() { # MODULE NAME
  rm -f "$WINEPREFIX/report"
  POWERSHELL_TELEMETRY_OPTOUT=1 POWERSHELL_UPDATECHECK=Off NO_COLOR=1 TERM=dumb timeout 300 script -qec "wine '$PWSH_WINDOWS/pwsh.exe' \
    -NoProfile -NonInteractive -ExecutionPolicy Bypass -File 'Z:$here/../psmodule/windows.ps1' -Module 'Z:$1' \
    -Report 'Z:$WINEPREFIX/report'" /dev/null </dev/null >"$WINEPREFIX/console" 2>&1 || code=1
  if [ -s "$WINEPREFIX/report" ]; then
    sed -E "s/\r\$//; s/^((not )?ok -) /\1 $2 /" "$WINEPREFIX/report"
  else
    sed 's/^/# /' "$WINEPREFIX/console"
    echo "not ok - $2 they can be used"
    code=1
  fi
}

if become healthy && with_faults; then
  echo "ok - a prefix becomes a server with faults"
else
  echo "not ok - a prefix becomes a server with faults"
  exit 1
fi
export MARSHEALTH_EVIDENCE=Z:$2 MARSHEALTH_STUBS=Z:$1 MARSHEALTH_THROWAWAY_MACHINE=1
cases "$1/single" '.NET'
# Wine asks mscoree.dll about an assembly that is a file of its own.
export WINEDLLOVERRIDES='mshtml,winemenubuilder.exe='
cases "$1/files" '.NET, with files' LoaderTests
cases "$1/framework" 'the binding for .NET Framework'
guarded "$1/files"
if [ -n "${PWSH_WINDOWS-}" ]; then
  cmdlets "$BUILD/MarsHealth" 'the cmdlets in PowerShell:'
  cmdlets "$BUILD/MarsHealth/net462/MarsHealth.Cmdlets.dll" 'the cmdlets for .NET Framework in PowerShell:'
fi
exit "$code"
