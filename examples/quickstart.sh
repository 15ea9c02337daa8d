#!/usr/bin/env bash
# From a fresh clone to a repaired server: installs what is missing, builds, judges two example servers, repairs one
# and takes the repair back; then the same in PowerShell, where PowerShell (pwsh) and the .NET SDK are installed.
# usage: bash examples/quickstart.sh
# Needs Debian 12 (13 was tried, too), as root or with sudo. Everything it makes is below build/.
set -uo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.." || exit 1

log=build/quickstart.log
marshealth=build/bin/marshealth
images=build/examples/images
server=build/quickstart/server

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

# Shows a command, runs it, and wants its exit code to be the one given.
show() { # EXIT_CODE COMMAND...
  local expected=$1 code=0
  shift
  echo
  echo "$ $*"
  "$@" || code=$?
  [ "$code" -eq "$expected" ] || stop "that should have ended with exit code $expected, not $code"
}

# Every file of the server but the record of its repairs.
contents() {
  (cd "$server" && find . -path ./ProgramData/MarsHealth -prune -o -type f -print0 | sort -z | xargs -0 sha256sum)
}

configure() {
  # A folder that is configured already keeps its options: tests/run.sh builds there too.
  if [ -f build/CMakeCache.txt ]; then
    cmake -S . -B build -DMARSHEALTH_EXAMPLES=ON
  else
    cmake -S . -B build -G Ninja -DCMAKE_BUILD_TYPE=RelWithDebInfo -DMARSHEALTH_TESTS=OFF -DMARSHEALTH_EXAMPLES=ON
  fi
}

has_powershell() {
  command -v pwsh >/dev/null && pwsh -NoProfile -Command 'exit [int] ($PSVersionTable.PSVersion -lt "7.4")'
}

has_dotnet() {
  command -v dotnet >/dev/null && dotnet --list-sdks | grep -Eq '^([89]|[1-9][0-9]+)\.'
}

# Shows each command as one would type it, and runs it in one session.
in_powershell() {
  quietly "Building the PowerShell module" cmake --build build --target module
  cat >build/quickstart/session.ps1 <<'END'
$ErrorActionPreference = 'Stop'
foreach ($command in @(
        'Import-Module ./build/MarsHealth'
        'Test-MarsHealth -ImagePath build/quickstart/server -Summary'
        'Test-MarsHealth -ImagePath build/quickstart/server -Check powershell | Where-Object Status -eq Fail | Format-List'
        'Test-MarsHealth -ImagePath build/quickstart/server | Where-Object Status -eq Fail | Repair-MarsHealth -Confirm:$false'
        'Undo-MarsRepair -ImagePath build/quickstart/server -Confirm:$false'
    )) {
    "`nPS> $command"
    Invoke-Expression -Command $command | Out-String -Width 120 | ForEach-Object -MemberName Trim
}
END
  NO_COLOR=1 pwsh -NoProfile -NonInteractive -File build/quickstart/session.ps1 || stop "a command in PowerShell failed"
  [ "$(contents)" = "$before" ] || stop "a file is not what it was"
  echo
  echo "Every byte of every file is what it was. Get-Help Test-MarsHealth -Full tells the rest."
}

mkdir -p build || stop "the folder build cannot be made here"
echo "[1/6] Packages: compiler, CMake and libraries"
bash scripts/install-packages.sh build || stop "without these packages nothing can be built"
echo "[2/6] Building"
quietly "Configuring" configure
quietly "Building" cmake --build build --parallel --target marshealth marshealth_cli example_images

echo "[3/6] Judging two example servers"
show 2 "$marshealth" test --image "$images/broken"
echo
echo "That was exit code 2: something fails. It is an example, so this is as it should be. Its healthy twin, in one line:"
show 0 "$marshealth" test --image "$images/healthy" --format nagios

echo
echo "[4/6] Repairing a copy of the broken one"
rm -rf "$server" && mkdir -p "${server%/*}" && cp -a "$images/broken" "$server" || stop "$server could not be made"
before=$(contents)
show 0 "$marshealth" plan --image "$server"
show 0 "$marshealth" repair --image "$server" --yes
show 2 "$marshealth" test --image "$server" --format nagios
echo
echo "What is left needs the running server, or a person: no file of a copy can restart a service."

echo
echo "[5/6] Taking the repair back"
show 0 "$marshealth" history --image "$server"
show 0 "$marshealth" undo --image "$server" --yes
[ "$(contents)" = "$before" ] || stop "a file is not what it was"
echo
echo "Every byte of every file is what it was."

echo
echo "[6/6] The same in PowerShell"
missing=()
has_powershell || missing+=("PowerShell 7.4 or later (https://aka.ms/powershell)")
has_dotnet || missing+=("the .NET SDK 8 or later (https://aka.ms/dotnet/download)")
if [ ${#missing[@]} -eq 0 ]; then
  in_powershell
else
  printf 'Left out, because this is not installed: %s\n' "${missing[@]}"
fi

cat <<END

Next:
  the same for programs        $marshealth test --image $images/broken --format json
  what is checked              $marshealth checks
  what can be repaired         $marshealth operations
  plan now, apply later        $marshealth plan --image $server -o build/plan.json
                               $marshealth repair --image $server --plan build/plan.json --what-if
  read now, judge elsewhere    $marshealth collect --image $images/broken -o build/evidence.json
                               $marshealth test --evidence build/evidence.json
  install tool and library     cmake --install build --prefix ~/.local
  a server of your own         examples/images/README.md
  in PowerShell                docs/powershell.md
END
