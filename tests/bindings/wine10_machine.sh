#!/usr/bin/env bash
# Makes an example image a machine of Wine's with faults, and runs a program there that may change it.
# usage: wine10_machine.sh PROGRAM EVIDENCE        started by wine10.sh, in the root with Wine 10
set -uo pipefail
: "${PREFIXES:?}" "${EXAMPLE_IMAGES:?}" "${MARSHEALTH_EXE:?}"

cd "$(dirname "${BASH_SOURCE[0]}")/../wine" || exit
. ./prefix.sh
. ./image_machine.sh
machine=binding
trap 'prefix_stop "$PREFIXES" "$machine"' EXIT

# With the service's key and the task as Wine and the stand-in write them, so that what is taken back is the same to the byte.
with_faults() {
  local file
  import "$sources/broken/registry/20-faults.reg" && take_tasks "$EXAMPLE_IMAGES/broken/Windows/System32/Tasks" || return
  file=$(task_file Microsoft-OnlineBackup)
  as_written "$file" >"$file.new" && mv "$file.new" "$file" && timeout 60 wine "$tools/set_start.exe" obengine 2
}

if become healthy && with_faults; then
  echo "ok - a prefix becomes the broken server"
else
  echo "not ok - a prefix becomes the broken server"
  exit 1
fi
export MARSHEALTH_EVIDENCE=Z:$2 MARSHEALTH_MAY_CHANGE_THIS_MACHINE=yes
cd "$(dirname "$1")" || exit
timeout 400 wine "./$(basename "$1")"
