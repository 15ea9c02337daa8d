#!/usr/bin/env bash
# Services of a live machine that do as they are told, and such as do not: started, stopped and restarted by the program, with
# services that depend on them. Each time: the exit code, what is said, what the record says, and what runs then.
set -uo pipefail
: "${MARSHEALTH:?}" "${MARSHEALTH_EXE:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${PREFIXES:?}"
here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
machine=live_services
. "$here/prefix.sh"
. "$here/image_machine.sh"
. "$here/scene.sh"
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
drive=$PREFIXES/$machine/drive_c

become healthy || { echo "not ok - a prefix becomes the healthy server"; exit 1; }

# ---- How services are tried ----

# A service as it is tried, and those that depend on it; all run.
with() { # NAME:MODE[:WHAT_IT_NEEDS]...
  check "$*" set_up "$@"
}
set_up() {
  local service name mode needs
  rm -f "$drive/services.txt" "$drive/services.txt.go"
  for service in "$@"; do
    IFS=: read -r name mode needs <<<"$service"
    new_service "$name" "$mode" start= demand ${needs:+depend= "$needs"} || return 1
    case $mode in fail | crash) continue ;; esac
    quietly sc start "$name"
    until_so state_is "$name" RUNNING || return 1
  done
}
journals() {
  find "$drive/ProgramData/MarsHealth" -name run.jsonl 2>/dev/null | wc -l
}
# RECORD: what history is to say of the run in the end, or "none" if nothing may be recorded.
try() { # NAME SERVICE OPERATION EXIT_CODE TEXT RECORD
  local before
  before=$(journals)
  check "$1: exit code $4" marshealth "$4" call "$3" "{\"service\":\"$2\"}" --yes --yes-to "$3" --format json
  [ -z "$5" ] || check "$1: it is said" holds '.message | contains($text) and endswith($changed)' --arg text "$5" \
    --arg changed "; nothing $([ "$4" -eq 2 ] || echo 'else ')was changed"
  if [ "$6" = none ]; then
    check "$1: nothing is recorded" [ "$(journals)" -eq "$before" ]
  else
    recorded+=("$2 $6")
  fi
}
recorded=()
as_recorded() {
  marshealth 0 history --format json || return 1
  diff <(printf '%s\n' "${recorded[@]}") <(jq -r '.runs | reverse | .[] | "\(.changes[0].target) \(.state)" +
    if (.changes | length) == 1 and (.changes[0].done == (.state == "applied")) then "" else " with other changes" end' \
    "$SCRATCH/out") | sed 's/^/# /' | tee "$SCRATCH/differences"
  [ ! -s "$SCRATCH/differences" ]
}
noted() { # LINE...: what the services noted, and nothing else
  diff <(printf '%s\n' "$@") "$drive/services.txt" | sed 's/^/# /' | tee "$SCRATCH/differences"
  [ ! -s "$SCRATCH/differences" ]
}
are() { # STATE SERVICE...
  local service
  for service in "${@:2}"; do
    until_so state_is "$service" "$1" || { echo "# $service is not $1"; return 1; }
  done
}

# ---- Services that do as they are told ----

with SQLWriter:slow
try "a slow one is stopped" SQLWriter service.stop 0 '' applied
check "and is" are STOPPED SQLWriter
try "it is stopped already" SQLWriter service.stop 0 '' none
try "it is started" SQLWriter service.start 0 '' applied
check "and runs" are RUNNING SQLWriter
try "it runs already" SQLWriter service.start 0 '' none
try "it is restarted" SQLWriter service.restart 0 '' applied
check "and runs again" are RUNNING SQLWriter
check "nothing else was done" noted "SQLWriter started" "SQLWriter stopped" "SQLWriter started" "SQLWriter stopped" "SQLWriter started"

with CryptSvc:good middle:good:CryptSvc top:good:middle beside:good
try "one that others need" CryptSvc service.stop 2 "while services that depend on it run: top, middle" none
try "one with others behind it" CryptSvc service.restart 0 '' applied
check "all run" are RUNNING CryptSvc middle top beside
check "in this order" noted "CryptSvc started" "middle started" "top started" "beside started" \
  "top stopped" "middle stopped" "CryptSvc stopped" "CryptSvc started" "middle started" "top started"

# ---- Services that do not ----

with AppHostSvc:refuse behind_it:good:AppHostSvc
try "one that refuses" AppHostSvc service.restart 1 \
  'service "AppHostSvc" does not let itself be stopped now; all that ran before runs again' stopped
check "runs, and what is behind it" are RUNNING AppHostSvc behind_it
check "which was stopped and started" noted "AppHostSvc started" "behind_it started" "behind_it stopped" "behind_it started"
quietly sc stop behind_it
are STOPPED behind_it
try "one that refuses to stop" AppHostSvc service.stop 1 'service "AppHostSvc" does not let itself be stopped now' stopped
check "still runs" are RUNNING AppHostSvc

with VSS:good stubborn:refuse:VSS on_top:good:stubborn
try "one behind it refuses" VSS service.restart 1 'service "stubborn" does not let itself be stopped now; all that ran before runs again' stopped
check "all still run" are RUNNING VSS stubborn on_top
check "but for the last one nothing was touched" noted "VSS started" "stubborn started" "on_top started" "on_top stopped" "on_top started"

with swprv:once behind:good:swprv
lets_fail swprv
try "one that does not start again" swprv service.restart 1 'swprv was stopped, but did not start again: service "swprv" did not start: it ended with error 77; not running now: swprv (it ended with error 1066), behind' stopped
check "they are down" are STOPPED swprv behind

quietly sc stop obengine
are STOPPED obengine
with obengine:good reports:once:obengine others:good:obengine
lets_fail reports
try "one behind it does not start again" obengine service.restart 1 'obengine was restarted, but not everything runs: service "reports" did not start: it ended with error 77; not running now: reports (it ended with error 1066)' stopped
check "the rest runs" are RUNNING obengine others

with WSearch:fail
lets_fail WSearch
try "one that ends instead of starting" WSearch service.start 1 'service "WSearch" did not start: it ended with error 77' stopped
with BITS:crash
try "one that crashes" BITS service.start 1 'service "BITS" did not' stopped
check "is down" are STOPPED BITS
quietly sc delete msiserver
quietly sc create msiserver binpath= 'C:\none.exe' start= demand
try "one without a program" msiserver service.start 1 'the program of service "msiserver" is missing' stopped
quietly "$tools/set_start.exe" WSearch 4
try "one that is disabled" WSearch service.start 2 'the service WSearch is disabled: set its start type first' none
try "one that is none of ours" Spooler service.start 2 'not a service that backups depend on' none

# ---- One that never ends ----

with srmsvc:never
if [ "${WINE_PATIENCE:-}" = all ]; then # three minutes
  try "one that never stops" srmsvc service.stop 1 'service "srmsvc" is still stopping after 180 seconds' stopped
else
  quietly sc stop srmsvc
fi
check "it is on its way" are STOP_PENDING srmsvc
try "one that is being stopped is left alone" srmsvc service.restart 2 'the service srmsvc is just being started, stopped or paused' none
check "and still is" are STOP_PENDING srmsvc
check "all is recorded as it was" as_recorded

exit "$failed"
