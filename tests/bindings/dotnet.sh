# Sourced by the scripts here: where things are, and how the .NET SDK is used.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd) || exit 1
cd "$root" || exit 1
BUILD=${BUILD:-$root/build}
output=$BUILD/dotnet
mkdir -p "$output" || exit 1

# No process of the SDK's stays behind.
export MSBUILDDISABLENODEREUSE=1 UseSharedCompilation=false
export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 DOTNET_SKIP_FIRST_TIME_EXPERIENCE=1 DOTNET_GENERATE_ASPNET_CERTIFICATE=false
export DOTNET_CLI_UI_LANGUAGE=en
# Read by the projects.
export ArtifactsPath=$output LinuxLibrary=$BUILD/lib/libmarshealth.so WindowsLibrary=$BUILD/win-x64/marshealth.dll
# Read by the cases.
export MARSHEALTH_SOURCES=$root MARSHEALTH_IMAGES=$BUILD/examples/images
export MARSHEALTH_EVIDENCE=$output/broken.json
export MARSHEALTH_LAYOUT=$output/layout.txt MARSHEALTH_STUBS=$output/stubs
locked=(--no-restore)

has_dotnet() {
  local version
  version=$(dotnet --version 2>/dev/null) || return
  [ "${version%%.*}" -ge 8 ] 2>/dev/null
}

# Fetches the packages that the lock files name. Without them and without a way to them, the tests are told as skipped:
# restore_code says what the caller is to end with.
restore() { # PROJECT...
  local project log=$output/restore.log
  restore_code=0
  for project in "$@"; do
    if ! dotnet restore "tests/bindings/dotnet/$project" -p:RestoreLockedMode=true >"$log" 2>&1; then
      restore_code=1
      if grep -q 'NU1301' "$log"; then
        echo "note: nuget.org cannot be reached: the .NET binding is not tested"
        echo "ok - the .NET binding # SKIP nuget.org cannot be reached"
        restore_code=0
      else
        cat "$log"
      fi
      return 1
    fi
  done
}
