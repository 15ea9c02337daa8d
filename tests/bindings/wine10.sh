#!/usr/bin/env bash
# The binding's cases as programs for Windows, under Wine 10, which runs .NET: Debian 13's, in a root of its own below
# build/. The machine there is an example image made real, with faults, and the cases may change it. Needs the Windows build
# with its tests' tools, a .NET SDK, debootstrap and the right to mount. PWSH_WINDOWS names a folder with a pwsh.exe of its
# own runtime: then the cmdlets are tried, too.
# usage: wine10.sh
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/dotnet.sh"

suite='the binding on Windows'
packages=wine,wine64,perl # perl: tests/wine/image_machine.sh
wine_root=$BUILD/wine10/root
programs=$output/windows

skip() { # WHY
  echo "note: $suite is not tested: $1"
  echo "ok - $suite # SKIP $1"
  exit 0
}

make_root() {
  [ "$(cat "$wine_root.packages" 2>/dev/null)" = "$packages" ] && return
  rm -rf "$wine_root" "$wine_root.new"
  mkdir -p "$wine_root.new"
  debootstrap --variant=minbase --include="$packages" trixie "$wine_root.new" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" &&
    mv "$wine_root.new" "$wine_root" && echo "$packages" >"$wine_root.packages"
}

# The runtime that they take along comes from nuget.org. .NET 8 runs the binding for .NET Framework, too.
publish() {
  rm -rf "$programs"
  publish_one single && publish_one files -p:PublishSingleFile=false &&
    publish_one framework -p:PublishSingleFile=false -p:BindingFramework=TargetFramework=net462
}
publish_one() { # NAME [PROPERTY...]
  dotnet publish tests/bindings/dotnet/Standalone -c Release -f net8.0 -r win-x64 -o "$programs/$1" "${@:2}"
}
stubs() {
  local stub
  for stub in other_interface other_library; do
    x86_64-w64-mingw32-gcc-win32 -shared -o "$programs/$stub.dll" "tests/bindings/dotnet/Stubs/$stub.c" || return
  done
}

# In a name space of its own, so that what is mounted goes with it. The sources and the build are where they are outside.
in_root() { # COMMAND...
  # shellcheck disable=SC2016
  unshare --mount bash -c '
    mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" || exit
    for folder in "${@:2:3}"; do
      mkdir -p "$1$folder" && mount --bind "$folder" "$1$folder" || exit
    done
    exec chroot "$1" "${@:5}"' in_root "$wine_root" "$root" "$BUILD" "${PWSH_WINDOWS:-$BUILD}" "$@"
}

run() {
  in_root env -i PATH=/usr/local/bin:/usr/bin:/bin BUILD="$BUILD" PWSH_WINDOWS="${PWSH_WINDOWS-}" PREFIXES="$BUILD/wine10/prefixes" \
    EXAMPLE_IMAGES="$MARSHEALTH_IMAGES" MARSHEALTH_EXE="$BUILD/win-x64/marshealth.exe" \
    bash "$root/tests/bindings/wine10_machine.sh" "$programs" "$MARSHEALTH_EVIDENCE" </dev/null
}

has_dotnet || skip 'there is no .NET SDK 8 or later'
[ -f "$WindowsLibrary" ] || skip 'there is no Windows build'
[ -f "$BUILD/win-x64/tests/tools/task_server.dll" ] || skip 'the Windows build is without its tests'
[ "$(id -u)" -eq 0 ] || skip 'only root can make a root folder with Wine 10'
command -v debootstrap >/dev/null || skip 'there is no debootstrap'
make_root >"$output/debootstrap.log" 2>&1 || {
  tail -n 5 "$output/debootstrap.log"
  skip 'Debian 13 cannot be fetched'
}
in_root true || skip 'this container may not mount'
"$BUILD/bin/marshealth" collect --image "$MARSHEALTH_IMAGES/broken" -o "$MARSHEALTH_EVIDENCE" || exit
publish >"$output/publish.log" 2>&1 || {
  cat "$output/publish.log"
  grep -q 'NU1301\|NU1101\|NU1102' "$output/publish.log" && skip 'nuget.org does not give the runtime for Windows'
  exit 1
}
stubs || exit
if [ -z "${PWSH_WINDOWS-}" ]; then
  echo "note: PWSH_WINDOWS names no PowerShell for Windows: the cmdlets are not tested there"
  echo "ok - the cmdlets on Windows # SKIP PWSH_WINDOWS names no PowerShell for Windows"
elif ! cmake --build "$BUILD" --target module >"$output/module.log" 2>&1; then
  cat "$output/module.log"
  exit 1
fi
code=0
run >"$output/wine10.log" 2>&1 || code=$?
sed -E 's/\r$//; s/^((not )?ok -) /\1 Wine 10 /' "$output/wine10.log"
exit "$code"
