#!/usr/bin/env bash
# Builds the libraries that the Windows build stands on, from Debian's source packages, statically for
# x86_64-w64-mingw32, below FOLDER/dependencies. What is there already and still right is not built again.
# usage: build-dependencies.sh [FOLDER]       (default: build/win-x64)
set -euo pipefail

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
toolchain=$root/native/cmake/toolchain-mingw64.cmake
host=x86_64-w64-mingw32
mkdir -p "${1:-$root/build/win-x64}"
work=$(cd "${1:-$root/build/win-x64}" && pwd)
prefix=$work/dependencies
logs=$work/logs
export LC_ALL=C.UTF-8
unset MAKEFLAGS CFLAGS LDFLAGS CPPFLAGS CMAKE_GENERATOR
jobs=${JOBS:-$(nproc)}

# source package, and the installed package that tells which version the native build uses
packages=(libffi:libffi-dev pcre2:libpcre2-dev jansson:libjansson-dev libxml2:libxml2-dev cmocka:libcmocka-dev)

installed_version() { # PACKAGE: its source's version, or nothing
  dpkg-query -W -f '${source:Version}' "$1" 2>/dev/null || true
}

# What the result depends on. Asking apt for news at each run would take long and make every run depend on the network.
stamp() {
  local pair
  for pair in "${packages[@]}"; do
    echo "${pair%:*} $(installed_version "${pair#*:}")"
  done
  "$host-gcc-win32" --version | head -n 1
  cat "${BASH_SOURCE[0]}" "$toolchain" | sha256sum
}

# ---- Fetching ----

# The system's own sources with their source packages, which are off by default, under options that keep apt's hands off
# everything else of the system.
apt_options() {
  local apt=$work/apt file
  rm -rf "$apt/sources"
  mkdir -p "$apt/sources" "$apt/lists/partial" "$apt/cache/archives/partial"
  # Of other vendors' sources nothing is wanted, and some of them have no source packages.
  for file in /etc/apt/sources.list.d/{debian,ubuntu}.sources; do
    [ ! -f "$file" ] || sed 's/^Types:.*/Types: deb-src/' "$file" >"$apt/sources/$(basename "$file")"
  done
  if [ -s /etc/apt/sources.list ]; then
    sed -E -n 's/^deb(-src)?[[:blank:]]/deb-src /p' /etc/apt/sources.list | sort -u >"$apt/sources/main.list"
  fi
  if [ -z "$(ls -A "$apt/sources")" ]; then
    echo "neither /etc/apt/sources.list nor {debian,ubuntu}.sources in its sources.list.d says where packages come from" >&2
    return 1
  fi
  options=(-o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$apt/sources" -o "Dir::State::Lists=$apt/lists"
    -o "Dir::Cache=$apt/cache" -o APT::Sandbox::User= -o Acquire::Languages=none -o Acquire::Retries=3)
}

# The versions of a source package, the installed one first, then the newest: the index may list one that the archive
# no longer has, and has an older one then.
versions() { # SOURCE INSTALLED_VERSION
  apt-cache "${options[@]}" showsrc --only-source "$1" | awk '/^Version:/ { print $2 }' | sort -u |
    while read -r version; do
      if [ "$version" = "$2" ]; then echo "1 $version"; else echo "0 $version"; fi
    done | sort -k1,1rn -k2,2Vr | awk '{ print $2 }'
}

# Checks every file of one version against the index, which the archive has signed and apt has verified.
verify() { # SOURCE VERSION
  apt-cache "${options[@]}" showsrc --only-source "$1" |
    awk -v version="$2" '
      /^Version:/ { right = $2 == version }
      /^[^ ]/ { sums = /^Checksums-Sha256:/ }
      /^ / && sums && right { print $1 "  " $3 }' | sort -u >"$1.sha256"
  [ -s "$1.sha256" ] && sha256sum --check --strict --quiet "$1.sha256"
}

fetch() { # SOURCE INSTALLED_VERSION: unpacks it, with Debian's patches, into sources/SOURCE
  local version
  for version in $(versions "$1" "$2"); do
    if apt-get "${options[@]}" -q --only-source --download-only source "$1=$version" && verify "$1" "$version"; then
      rm -rf "${1:?}"
      dpkg-source -x "$(awk '$2 ~ /[.]dsc$/ { print $2 }' "$1.sha256")" "$1"
      echo "$1 $version" >>"$work/versions.new"
      return 0
    fi
    echo "$1 $version could not be had"
  done
  echo "no version of $1 could be had" >&2
  return 1
}

# ---- Building: of each library what is needed, and no more ----

by_cmake() { # SOURCE [ARGUMENT...]
  local source=$1
  shift
  cmake -G Ninja -S "$work/sources/$source" -B "$work/dependencies-build/$source" \
    "-DCMAKE_TOOLCHAIN_FILE=$toolchain" "-DCMAKE_INSTALL_PREFIX=$prefix" -DCMAKE_INSTALL_LIBDIR=lib \
    -DCMAKE_BUILD_TYPE=Release "-DCMAKE_C_FLAGS_RELEASE=-O2 -DNDEBUG -ffile-prefix-map=$work=." \
    -DBUILD_SHARED_LIBS=OFF -Wno-dev "$@"
  cmake --build "$work/dependencies-build/$source" --parallel "$jobs"
  cmake --install "$work/dependencies-build/$source"
}

build_libffi() {
  mkdir -p "$work/dependencies-build/libffi"
  (
    cd "$work/dependencies-build/libffi"
    "$work/sources/libffi/configure" "--host=$host" "CC=$host-gcc-win32" "--prefix=$prefix" "--libdir=$prefix/lib" \
      --disable-shared --enable-static --disable-docs --disable-multi-os-directory --disable-dependency-tracking \
      "CFLAGS=-O2 -D_WIN32_WINNT=0x0603 -ffile-prefix-map=$work=."
    make -j "$jobs"
    make install
  )
}

build_pcre2() {
  by_cmake pcre2 -DPCRE2_SUPPORT_JIT=ON -DPCRE2_BUILD_PCRE2GREP=OFF -DPCRE2_BUILD_TESTS=OFF -DPCRE2_STATIC_PIC=OFF
}

build_jansson() {
  by_cmake jansson -DJANSSON_BUILD_DOCS=OFF -DJANSSON_EXAMPLES=OFF -DJANSSON_WITHOUT_TESTS=ON
  # A static library has no private functions: without this its utf8_encode and ours would be one.
  local library=$prefix/lib/libjansson.a
  "$host-nm" -g --defined-only "$library" |
    awk 'NF == 3 && $3 !~ /^(json|jansson)_/ { print $3, "jansson_private_" $3 }' | sort -u >"$work/jansson-private"
  "$host-objcopy" "--redefine-syms=$work/jansson-private" "$library"
}

# The library frees a thread's state when the thread ends, which a DLL tells it of (LIBXML_STATIC_FOR_DLL); otherwise it
# would start a thread of its own to watch each of ours.
build_libxml2() {
  local off=() part
  for part in C14N CATALOG DEBUG DOCB FTP HTML HTTP ICONV ICU ISO8859X LEGACY LZMA MEM_DEBUG MODULES PATTERN \
    PROGRAMS PUSH PYTHON READER REGEXPS RUN_DEBUG SAX1 SCHEMAS SCHEMATRON TESTS VALID WRITER XINCLUDE XPATH XPTR ZLIB; do
    off+=("-DLIBXML2_WITH_$part=OFF")
  done
  by_cmake libxml2 "${off[@]}" -DLIBXML2_WITH_TREE=ON -DLIBXML2_WITH_OUTPUT=ON -DLIBXML2_WITH_THREADS=ON \
    -DHAVE_PTHREAD_H=OFF -DCMAKE_HAVE_PTHREAD_H=OFF -DCMAKE_C_FLAGS="-D_WIN32_WINNT=0x0603 -DLIBXML_STATIC -DLIBXML_STATIC_FOR_DLL"
}

# It makes a DLL whatever one asks for.
build_cmocka() {
  by_cmake cmocka -DUNIT_TESTING=OFF -DWITH_EXAMPLES=OFF -DWITH_STATIC_LIB=ON
  rm -f "$prefix"/bin/*cmocka.dll "$prefix/lib/libcmocka.dll.a"
  mv "$prefix/lib/libcmocka-static.a" "$prefix/lib/libcmocka.a"
}

wanted=$(stamp)
if [ "$(cat "$prefix/stamp" 2>/dev/null)" = "$wanted" ]; then
  exit 0
fi
rm -rf "$prefix" "$work/dependencies-build"
mkdir -p "$work/sources" "$logs"
: >"$work/versions.new"
apt_options
cd "$work/sources"
apt-get "${options[@]}" -q update
for pair in "${packages[@]}"; do
  fetch "${pair%:*}" "$(installed_version "${pair#*:}")" >"$logs/fetch-${pair%:*}.log" 2>&1 </dev/null &
  wait $! || {
    cat "$logs/fetch-${pair%:*}.log"
    exit 1
  }
done
for pair in "${packages[@]}"; do
  # In the background and waited for, since bash ignores `set -e` in what stands before a ||.
  "build_${pair%:*}" >"$logs/build-${pair%:*}.log" 2>&1 </dev/null &
  wait $! || {
    tail -n 40 "$logs/build-${pair%:*}.log"
    echo "${pair%:*} could not be built" >&2
    exit 1
  }
done
mv "$work/versions.new" "$prefix/versions"
cat "$prefix/versions"
echo "$wanted" >"$prefix/stamp"
