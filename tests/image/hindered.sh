#!/usr/bin/env bash
# Repairs where the disk does not let them: one that fills up, one that is read-only, one without second names for
# files, and a server whose files belong to somebody else. What needs root, or a user to become, is skipped without.
set -uo pipefail
: "${MARSHEALTH:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${FAILING_DISK:?}"
command -v jq >/dev/null || { echo "there is no jq"; exit 77; }
disk=$SCRATCH/disk
mounted=false
leave() {
  if $mounted; then umount "$disk"; fi
}
trap leave EXIT
umount "$disk" 2>/dev/null
rm -rf "$SCRATCH"
mkdir -p "$disk"
cd "$SCRATCH" || exit 1
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0:exitcode=99"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:exitcode=99"
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    tail -n 20 out messages 2>/dev/null
    echo "not ok - $1"
    failed=1
  fi
}

exits() { # EXIT_CODE ARGUMENT...
  local code=0
  timeout 120 "${runner[@]}" "$MARSHEALTH" "${@:2}" >out 2>messages || code=$?
  [ "$code" -eq "$1" ] || { echo "exit code $code, not $1: $*"; return 1; }
}
runner=()

module='Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'
cp -a "$EXAMPLE_IMAGES/broken" broken
cp -a "$EXAMPLE_IMAGES/healthy/$module" good
"$MARSHEALTH" baseline good -o good.json --agent-version 2.0.9070.0 || exit 1
repair=(--yes --check powershell --set "powershell.restore-module.source=$PWD/good" --baseline "$PWD/good.json")

is_as_before() { # IMAGE
  diff -r --exclude=MarsHealth broken "$1" && ! find "$1" -name '~marshealth*' | grep .
}

# ---- A disk that fills up ----

mount_disk() { # SIZE
  mount -t tmpfs -o "size=$1,mode=0700" tmpfs "$disk" 2>/dev/null && mounted=true
}

# On a disk with so little room a repair is done or not, and says so; with more room it can be finished or taken back.
fits() { # ROOM_KIB
  local code=0
  rm -rf "$disk/server"
  mount -o remount,size=64m "$disk" && cp -a broken "$disk/server" || return 1
  mount -o "remount,size=$(($(df --output=used -k "$disk" | tail -n 1) + $1))k" "$disk" || return 1
  timeout 60 "$MARSHEALTH" repair --image "$disk/server" "${repair[@]}" >out 2>messages || code=$?
  if [ "$code" -eq 0 ]; then
    enough=true
  elif ! grep -qE 'no space|disk is full' out messages; then
    echo "exit code $code, but not for want of room"
    return 1
  fi
  timeout 60 "$MARSHEALTH" undo --image "$disk/server" --yes >full 2>&1 # it may not work out yet
  mount -o remount,size=64m "$disk" || return 1
  exits 0 repair --image "$disk/server" "${repair[@]}" || return 1
  while exits 0 undo --image "$disk/server" --yes >/dev/null; do :; done
  grep -q 'no run' messages && is_as_before "$disk/server"
}

every_size() {
  local room
  enough=false
  for ((room = 0; room <= 2048; room += 8)); do
    fits "$room" || { echo "with $room KiB left"; return 1; }
    ! $enough || break
  done
  echo "# the repair needed $room KiB"
  $enough
}

if mount_disk 64m; then
  check "a disk that fills up stops a repair at any point, and it can be finished and taken back" every_size
else
  echo "ok - a disk that fills up # SKIP only root can mount one"
fi

# ---- A disk that is read-only ----

read_only() {
  rm -rf "$disk/server"
  cp -a broken "$disk/server" && mount -o remount,ro "$disk" || return 1
  exits 3 repair --image "$disk/server" "${repair[@]}" || return 1
  grep -q 'read-only' messages && is_as_before "$disk/server"
}
read_only_with_record() {
  mount -o remount,rw "$disk" && exits 0 repair --image "$disk/server" "${repair[@]}" && cp -a "$disk/server" repaired &&
    mount -o remount,ro "$disk" && exits 0 history --image "$disk/server" && exits 0 undo --image "$disk/server" --what-if || return 1
  exits 3 undo --image "$disk/server" --yes || return 1
  grep -q 'read-only' messages && diff -r repaired "$disk/server"
}
if $mounted; then
  check "a server that is read-only is refused, and says why" read_only
  check "its record can be read, and nothing is taken back" read_only_with_record
  mount -o remount,rw "$disk"
else
  echo "ok - a server that is read-only # SKIP only root can mount one"
fi

# ---- A file system without second names for files (FAT) ----

no_links() {
  rm -rf server
  cp -a broken server
  runner=(env "LD_PRELOAD=$FAILING_DISK" DISK_CALLS_LINKS=no)
  exits 0 repair --image server "${repair[@]}" && ! is_as_before server >/dev/null && exits 0 undo --image server --yes &&
    is_as_before server
}
same_times() {
  diff <(cd broken && find . -path ./ProgramData -prune -o -type f -printf '%T@ %m %p\n' | sort) \
    <(cd server && find . -path ./ProgramData -prune -o -type f -printf '%T@ %m %p\n' | sort)
}
killed_without_links() {
  local n total
  rm -rf server && cp -a broken server
  runner=(env "LD_PRELOAD=$FAILING_DISK" DISK_CALLS_LINKS=no DISK_CALLS_COUNT=count)
  exits 0 repair --image server "${repair[@]}" || return 1
  total=$(<count)
  echo "# $total calls"
  for ((n = 1 + RANDOM % 5; n <= total; n += 5)); do
    rm -rf server && cp -a broken server
    runner=(env "LD_PRELOAD=$FAILING_DISK" DISK_CALLS_LINKS=no DISK_CALLS_AT=$n DISK_CALLS_HOW=kill)
    exits 137 repair --image server "${repair[@]}" || return 1
    runner=(env "LD_PRELOAD=$FAILING_DISK" DISK_CALLS_LINKS=no)
    if [ $((n % 2)) -eq 0 ]; then
      exits 0 repair --image server "${repair[@]}" || return 1
    fi
    while exits 0 undo --image server --yes >/dev/null; do :; done
    grep -q 'no run' messages && is_as_before server || { echo "killed at $n"; return 1; }
  done
}
check "without second names for files a repair is done and taken back" no_links
check "what comes back has its times and modes" same_times
check "killed there, it can be finished and taken back" killed_without_links 2>/dev/null
runner=()

# ---- A server whose files belong to somebody else ----

somebody() {
  rm -rf server
  cp -a broken server
  runner=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  exits 3 repair --image server "${repair[@]}" || return 1
  grep -q 'access was denied' messages && is_as_before server
}
roots_record() {
  runner=()
  exits 0 repair --image server "${repair[@]}" || return 1
  rm -rf repaired && cp -a server repaired
  runner=(setpriv --reuid=65534 --regid=65534 --clear-groups)
  exits 3 undo --image server --yes && diff -r repaired server
}
if [ "$(id -u)" -eq 0 ] && setpriv --reuid=65534 --regid=65534 --clear-groups test -x "$MARSHEALTH" -a -r "$SCRATCH/broken" 2>/dev/null; then
  check "who may not write a server's files changes nothing, and is told why" somebody
  check "nor does he take back what root did" roots_record
else
  echo "ok - a server of somebody else's # SKIP only root can become another user, and that one must reach this folder"
fi
exit "$failed"
