#!/usr/bin/env bash
# Installs the Debian or Ubuntu packages that are missing. The one place that names them.
# usage: install-packages.sh build|tests|all
#   build  compiler, CMake and the libraries: all that building and using marshealth takes
#   tests  also what tests/run.sh uses
#   all    also what tests/run.sh --all uses
set -euo pipefail

build=(gcc libc6-dev cmake ninja-build pkgconf libffi-dev libhivex-dev libjansson-dev libpcre2-dev libssl-dev libxml2-dev)
tests=(g++ git libcmocka-dev libwin-hivex-perl jq xz-utils locales valgrind cppcheck clang-tidy
  dpkg-dev gcc-mingw-w64-x86-64-win32 binutils-mingw-w64-x86-64 make wine wine64
  mono-runtime libmono-system-core4.0-cil)
all=(clang debootstrap debian-archive-keyring)

case ${1-} in
build) wanted=("${build[@]}") ;;
tests) wanted=("${build[@]}" "${tests[@]}") ;;
all) wanted=("${build[@]}" "${tests[@]}" "${all[@]}") ;;
*)
  echo "usage: $0 build|tests|all" >&2
  exit 2
  ;;
esac

if ! command -v apt-get >/dev/null || ! command -v dpkg-query >/dev/null; then
  {
    echo "This system has no apt, so nothing was installed. Needed are what Debian calls:"
    echo "  ${wanted[*]}"
  } >&2
  exit 0 # perhaps all of it is there; if not, the build says what it misses
fi

# The fuzzer's run-time library is packaged by version, which the package clang tells.
clang_runtime() {
  apt-cache depends clang 2>/dev/null | sed -n 's/^ *Depends: clang-\([0-9][0-9]*\)$/libclang-rt-\1-dev/p'
}

missing() {
  local package
  for package in "$@"; do
    [ "$(dpkg-query -W -f='${db:Status-Status}' "$package" 2>/dev/null)" = installed ] || echo "$package"
  done
}

as_root() {
  if [ "$(id -u)" -eq 0 ]; then
    env DEBIAN_FRONTEND=noninteractive "$@"
  elif [ -t 0 ]; then
    sudo env DEBIAN_FRONTEND=noninteractive "$@"
  else
    sudo -n env DEBIAN_FRONTEND=noninteractive "$@"
  fi
}

log=$(mktemp)
trap 'rm -f "$log"' EXIT

update() {
  as_root apt-get -qq -o DPkg::Lock::Timeout=300 update </dev/null >>"$log" 2>&1
}

install() {
  as_root apt-get -qq -y -o DPkg::Lock::Timeout=300 --no-install-recommends install "$@" </dev/null >>"$log" 2>&1
}

has_lists() {
  compgen -G '/var/lib/apt/lists/*_Packages*' >/dev/null
}

mapfile -t needed < <(missing "${wanted[@]}")
if [ "$1" = all ] && has_lists; then
  mapfile -t -O "${#needed[@]}" needed < <(missing $(clang_runtime))
fi
[ "${#needed[@]}" -gt 0 ] || exit 0

if [ "$(id -u)" -ne 0 ] && ! command -v sudo >/dev/null; then
  {
    echo "These packages are missing, and without root or sudo they cannot be installed:"
    echo "  ${needed[*]}"
  } >&2
  exit 1
fi
echo "Installing ${#needed[@]} packages: ${needed[*]}"
# Package lists are fetched only where there are none, or where they prove to be out of date.
if ! { { has_lists || update; } && install "${needed[@]}"; } && ! { update && install "${needed[@]}"; }; then
  cat "$log" >&2
  echo "The packages could not be installed; apt's messages are above." >&2
  exit 1
fi
# On a machine without package lists the version was not known before.
if [ "$1" = all ]; then
  mapfile -t needed < <(missing $(clang_runtime))
  [ "${#needed[@]}" -eq 0 ] || install "${needed[@]}" || { cat "$log" >&2; exit 1; }
fi
