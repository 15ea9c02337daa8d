#!/usr/bin/env bash
# The binding's cases as a single-file program for Windows, under Wine 10, which runs .NET: Debian 13's, in a root of its
# own below build/. Needs the Windows build, a .NET SDK, debootstrap and the right to mount.
# usage: wine10.sh
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/dotnet.sh"

suite='the binding on Windows'
wine_root=$BUILD/wine10/root
inside=$wine_root/marshealth

skip() { # WHY
  echo "note: $suite is not tested: $1"
  echo "ok - $suite # SKIP $1"
  exit 0
}

make_root() {
  [ -e "$wine_root/usr/bin/wine" ] && return
  rm -rf "$wine_root" "$wine_root.new"
  mkdir -p "$wine_root.new"
  debootstrap --variant=minbase --include=wine,wine64 trixie "$wine_root.new" "${DEBIAN_MIRROR:-http://deb.debian.org/debian}" &&
    mv "$wine_root.new" "$wine_root"
}

# The runtime that it takes along comes from nuget.org.
publish() {
  rm -rf "$inside/program"
  dotnet publish tests/bindings/dotnet/Standalone -c Release -f net8.0 -r win-x64 -o "$inside/program"
}

# In a name space of its own, so that what is mounted goes with it.
in_root() { # COMMAND...
  unshare --mount bash -c 'mount --rbind /proc "$1/proc" && mount --rbind /dev "$1/dev" && exec chroot "$@"' in_root "$wine_root" "$@"
}

run() {
  cp tests/wine/prefix.sh "$inside/" || return
  "$BUILD/bin/marshealth" collect --image "$BUILD/examples/images/broken" -o "$inside/broken.json" || return
  # shellcheck disable=SC2016
  in_root env -i PATH=/usr/local/bin:/usr/bin:/bin 'MARSHEALTH_EVIDENCE=Z:\marshealth\broken.json' bash -c '
    cd /marshealth/program && . ../prefix.sh && prefix_use /marshealth/prefixes tests || exit
    wine_run MarsHealth.Interop.Tests.exe' </dev/null
}

has_dotnet || skip 'there is no .NET SDK 8 or later'
[ -f "$WindowsLibrary" ] || skip 'there is no Windows build'
[ "$(id -u)" -eq 0 ] || skip 'only root can make a root folder with Wine 10'
command -v debootstrap >/dev/null || skip 'there is no debootstrap'
make_root >"$output/debootstrap.log" 2>&1 || {
  tail -n 5 "$output/debootstrap.log"
  skip 'Debian 13 cannot be fetched'
}
in_root true || skip 'this container may not mount'
mkdir -p "$inside"
publish >"$output/publish.log" 2>&1 || {
  cat "$output/publish.log"
  grep -q 'NU1301\|NU1101\|NU1102' "$output/publish.log" && skip 'nuget.org does not give the runtime for Windows'
  exit 1
}
code=0
run >"$output/wine10.log" 2>&1 || code=$?
sed -E 's/\r$//; s/^((not )?ok -) /\1 Wine 10 /' "$output/wine10.log"
exit "$code"
