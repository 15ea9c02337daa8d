#!/usr/bin/env bash
# Wine prefixes for tests: one is made once and copied for every group of tests. Each has a server process of its own,
# which is stopped by its prefix and by nothing else.
# usage: prefix.sh copy|stop FOLDER NAME        FOLDER/template is made where it is missing; the copy is FOLDER/NAME
#        . prefix.sh                            for wine_use, prefix_hold, prefix_copy and prefix_stop
set -u

# Sets the environment for programs in a prefix: no display, no messages of Wine's own, nothing outside the prefix.
wine_use() { # PREFIX
  export WINEPREFIX=$1 WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
  export HOME=$1 XDG_CACHE_HOME=$1/cache XDG_CONFIG_HOME=$1/config LC_ALL=C.UTF-8
  unset DISPLAY WAYLAND_DISPLAY WINESERVER WINELOADER WINEPATH
}

prefix_stop() { # FOLDER NAME
  [ -d "$1/$2" ] || return 0
  (
    wine_use "$1/$2"
    timeout 60 wineserver -k || true # says no when there is none
    timeout 60 wineserver -w
  )
}

# Wine ends its services soon after the last program of a user: here is one that does nothing, until prefix_stop. To be
# called after wine_use.
prefix_hold() {
  rm -f "$WINEPREFIX/hold"
  mkfifo "$WINEPREFIX/hold"
  wine cmd <"$WINEPREFIX/hold" >/dev/null 2>&1 &
  exec 8>"$WINEPREFIX/hold"
}

# A prefix of another version of Wine, or made by another version of this script, is made anew.
template_stamp() {
  wine --version
  sha256sum <"${BASH_SOURCE[0]}"
}

template_make() { # FOLDER
  local new=$1/template.new
  (
    wine_use "$new"
    prefix_stop "$1" template.new
    rm -rf "$new"
    mkdir -p "$new"
    # A new prefix calls itself Windows 7.
    timeout 300 wineboot --init && timeout 60 wine winecfg -v win10 && timeout 120 wineserver -w
  ) || return
  rm -rf "$1/template"
  mv "$new" "$1/template"
  template_stamp >"$1/template.stamp"
}

# Its hundreds of megabytes of system libraries are shared (nothing writes into them); the rest is the copy's own.
prefix_copy() { # FOLDER NAME
  mkdir -p "$1"
  (
    flock 9
    if [ ! -d "$1/template" ] || [ "$(cat "$1/template.stamp" 2>/dev/null)" != "$(template_stamp)" ]; then
      template_make "$1"
    fi
  ) 9>"$1/lock" >"$1/template.log" 2>&1 || {
    cat "$1/template.log"
    return 1
  }
  prefix_stop "$1" "$2"
  rm -rf "${1:?}/$2"
  mkdir -p "$1/$2/drive_c/windows"
  (
    cd "$1/template" || exit
    tar -cf - --exclude=./drive_c/windows/system32 --exclude=./drive_c/windows/syswow64 \
      --exclude=./drive_c/windows/winsxs . | tar -xf - -C "$1/$2"
    cp -al drive_c/windows/system32 drive_c/windows/winsxs "$1/$2/drive_c/windows/"
    if [ -d drive_c/windows/syswow64 ]; then cp -al drive_c/windows/syswow64 "$1/$2/drive_c/windows/"; fi
  )
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1-} in
  copy) prefix_copy "$2" "$3" ;;
  stop) prefix_stop "$2" "$3" ;;
  *)
    echo "usage: $0 copy|stop FOLDER NAME" >&2
    exit 2
    ;;
  esac
fi
