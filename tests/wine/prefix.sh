#!/usr/bin/env bash
# Wine prefixes for tests: one is made once and copied for every group of tests. Each has a server process of its own,
# which runs as long as the one that uses the prefix, and takes with it whatever runs there.
# usage: prefix.sh use|stop FOLDER NAME        for the calling process; FOLDER/template is made where it is missing
#        . prefix.sh                           for what follows
set -u
prefix_script=$(realpath "${BASH_SOURCE[0]}")

# Sets the environment for programs in a prefix: no display, no messages of Wine's own, nothing outside the prefix.
wine_use() { # PREFIX
  export WINEPREFIX=$1 WINEARCH=win64 WINEDEBUG=-all WINEDLLOVERRIDES='mscoree,mshtml,winemenubuilder.exe='
  export HOME=$1 XDG_CACHE_HOME=$1/cache XDG_CONFIG_HOME=$1/config LC_ALL=C.UTF-8
  unset DISPLAY WAYLAND_DISPLAY WINESERVER WINELOADER WINEPATH
}

# Runs a Windows program. Only one that hangs is ended; Ctrl+C reaches it.
wine_run() { # PROGRAM ARGUMENT...
  timeout --foreground "${WINE_SECONDS:-500}" wine "$@"
}

# A new prefix for this script: its server is there from now on, and ends with the script, however that ends.
prefix_use() { # FOLDER NAME
  # shellcheck disable=SC2064
  trap "prefix_stop '$1' '$2'" EXIT
  trap 'exit 130' INT TERM
  prefix_begin "$1" "$2" $$ && wine_use "$1/$2"
}

prefix_begin() { # FOLDER NAME OWNER
  prefix_copy "$1" "$2" "$3" || return
  (
    wine_use "$1/$2"
    prefix_hold "$3"
  )
}

# Wine's server ends with its last program, its services with the last one that is none, and a program that starts at that
# moment is turned away ("wine client error"). So here is one that waits for the owner's end. It runs when this returns.
prefix_hold() { # [OWNER]
  read -r < <(
    exec 2>/dev/null # whoever reads what this script prints is not to wait for it
    tail --pid="${1:-$$}" -f /dev/null | wine cmd
  )
}

# For Wine's services to read the registry anew, and to have the environment as it is now.
prefix_restart() { # FOLDER NAME
  prefix_stop "$1" "$2"
  prefix_hold
}

# Wine processes of a prefix.
prefix_processes() { # PREFIX
  local environment process
  for environment in $(grep -lzsxF "WINEPREFIX=$1" /proc/[0-9]*/environ); do
    process=${environment%/environ}
    case $(readlink "$process/exe") in */wine*) echo "${process#/proc/}" ;; esac
  done
}

# Where Wine keeps the server's socket: Debian's notes it in the prefix.
server_folder() { # PREFIX
  if [ -s "$1/wineserver" ]; then
    echo "/tmp/$(basename "$(<"$1/wineserver")")"
  else
    printf '/tmp/.wine-%d/server-%x-%x' "$(id -u)" "$(stat -c %d "$1")" "$(stat -c %i "$1")"
  fi
}

prefix_stop() { # FOLDER NAME
  [ -d "$1/$2" ] || return 0
  (
    trap '' INT TERM
    wine_use "$1/$2"
    timeout 60 wineserver -k || true # says no when there is none
    timeout 60 wineserver -w
    while processes=$(prefix_processes "$1/$2") && [ -n "$processes" ]; do
      # shellcheck disable=SC2086
      kill -KILL $processes 2>/dev/null
      sleep 0.1
    done
    rm -rf "$(server_folder "$1/$2")" "$1/$2/wineserver"
  )
}

# A new and empty prefix, whose processes end with the owner. To be called with the lock, which is not handed on: a server
# would keep it.
prefix_own() { # FOLDER NAME OWNER
  prefix_stop "$1" "$2"
  rm -rf "${1:?}/$2"
  mkdir -p "$1/$2"
  echo "$3" >"$1/$2/owner"
  # In a session of its own: what ends the owner, with all that it has started, does not end this.
  setsid --fork bash "$prefix_script" watch "$1" "$2" "$3" </dev/null >/dev/null 2>&1 9>&-
}

# Stops the prefix when its owner has ended, unless it belongs to another one by then.
prefix_watch() { # FOLDER NAME OWNER
  tail --pid="$3" -f /dev/null
  (
    flock 9
    [ "$(cat "$1/$2/owner")" != "$3" ] || prefix_stop "$1" "$2"
  ) 9>"$1/lock"
}

# A prefix of another version of Wine, or made by another version of this script, is made anew.
template_stamp() {
  wine --version
  sha256sum <"$prefix_script"
}

template_make() { # FOLDER OWNER
  prefix_own "$1" template.new "$2"
  (
    wine_use "$1/template.new"
    # A new prefix calls itself Windows 7.
    timeout 300 wineboot --init && timeout 300 wine winecfg -v win10 && timeout 300 wineserver -w
  ) 9>&- || return
  prefix_stop "$1" template.new
  rm -rf "$1/template" "$1/template.new/owner"
  mv "$1/template.new" "$1/template"
  template_stamp >"$1/template.stamp"
}

template_current() { # FOLDER OWNER
  if [ ! -d "$1/template" ] || [ "$(cat "$1/template.stamp" 2>/dev/null)" != "$(template_stamp)" ]; then
    template_make "$1" "$2"
  fi >"$1/template.log" 2>&1 || {
    cat "$1/template.log"
    return 1
  }
}

# Its hundreds of megabytes of system libraries are shared (nothing writes into them); the rest is the copy's own.
prefix_copy() { # FOLDER NAME OWNER
  mkdir -p "$1"
  (
    flock 9
    template_current "$1" "$3" && prefix_own "$1" "$2" "$3"
  ) 9>"$1/lock" || return
  (
    mkdir -p "$1/$2/drive_c/windows"
    cd "$1/template" || exit
    tar -cf - --exclude=./drive_c/windows/system32 --exclude=./drive_c/windows/syswow64 \
      --exclude=./drive_c/windows/winsxs . | tar -xf - -C "$1/$2"
    cp -al drive_c/windows/system32 drive_c/windows/winsxs "$1/$2/drive_c/windows/"
    if [ -d drive_c/windows/syswow64 ]; then cp -al drive_c/windows/syswow64 "$1/$2/drive_c/windows/"; fi
  )
}

if [ "${BASH_SOURCE[0]}" = "$0" ]; then
  case ${1-} in
  use) prefix_begin "$2" "$3" "$PPID" ;;
  stop) prefix_stop "$2" "$3" ;;
  watch) prefix_watch "$2" "$3" "$4" ;;
  *)
    echo "usage: $0 use|stop FOLDER NAME" >&2
    exit 2
    ;;
  esac
fi
