#!/usr/bin/env bash
# What the iSCSI initiator has connected stands against stopping it, or the agent's service: on a stand-in for its library
# (tools/iscsi), with services of ours, in front of the command line.
set -uo pipefail
: "${MARSHEALTH_EXE:?}" "${SCRATCH:?}" "${PREFIXES:?}"
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
. "$(dirname "${BASH_SOURCE[0]}")/cases.sh"
tools=$(dirname "$MARSHEALTH_EXE")/tests/tools
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
prefix_use "$PREFIXES" iscsi || exit 1
drive=$WINEPREFIX/drive_c
recovery=iqn.2016-01.microsoft.azure.backup:2288-7113-5277-8475.6364
san=iqn.2001-04.com.example:san

says() { # PART: the last output, whatever lines it is broken into
  tr -s '\r\n ' ' ' <"$SCRATCH/out" | grep -qF -- "$1"
}
initiator() { # LINE...
  printf '%s\n' "$@" >"$drive/iscsi.txt"
}
happened() {
  tr '\n' ';' <"$drive/services.txt"
}
# Nothing was stopped, and the reason is told.
refuses() { # OPERATION SERVICE PART
  : >"$drive/services.txt"
  exits 2 call "$1" "{\"service\":\"$2\"}" --yes-to "$1" && says "$3" && [ -z "$(happened)" ]
}
does() { # SERVICE
  : >"$drive/services.txt"
  exits 0 call service.restart "{\"service\":\"$1\"}" --yes-to service.restart &&
    [ "$(happened)" = "$1 stopped;$1 started;" ]
}

# Files of System32 are shared with other prefixes: never written into.
rm -f "$drive/windows/system32/iscsidsc.dll"
cp "$tools/iscsidsc.dll" "$tools/vssadmin.exe" "$drive/windows/system32/"
export WINEDLLOVERRIDES="$WINEDLLOVERRIDES;iscsidsc=n"
prefix_restart "$PREFIXES" iscsi
mkdir -p "$drive/vssadmin"
cp "$(dirname "${BASH_SOURCE[0]}")/../fixtures/console/writers-fr.txt" "$drive/vssadmin/answer-writers.bin"
cp "$tools/test_service.exe" "$drive/"
for service in MSiSCSI obengine; do
  wine_run sc create "$service" binpath= "C:\\test_service.exe $service C:\\services.txt good" start= demand \
    >/dev/null 2>&1
  check "$service is started" exits 0 call service.start "{\"service\":\"$service\"}" --yes
done

# ---- Nothing is connected ----

initiator
check "the initiator is restarted" does MSiSCSI
check "and nobody is told of recovery volumes" eval '! says "recovery volume"'
check "so is the agent's service" does obengine

# ---- Production storage ----

initiator "session $san" "login $san"
check "the initiator's restart is refused with a disk" refuses service.restart MSiSCSI "would cut off the iSCSI disk $san"
check "it is not stopped either" refuses service.stop MSiSCSI "would cut off the iSCSI disk $san"
check "a disk that is connected again by itself does not hold the agent's service up" does obengine
initiator "login $san"
check "a target that is connected again is enough" refuses service.restart MSiSCSI "connects again by itself: $san"
check "but not for the agent's service" does obengine
initiator "session $recovery" "login $san"
check "also beside a recovery volume" refuses service.restart MSiSCSI "connects again by itself: $san"
initiator "session $san" "session iqn.b" "session iqn.c" "session iqn.d" "session $san" "login iqn.b"
check "many disks are counted" refuses service.restart MSiSCSI "cut off the iSCSI disk $san, iqn.b, iqn.c and 1 more"

# ---- A recovery volume ----

initiator "session $recovery"
check "with only a recovery volume what would be done is told" exits 0 call service.restart '{"service":"MSiSCSI"}' --what-if
check "and what it cuts off" says "cuts off the recovery volume that is mounted"
check "whoever is to confirm it is told" exits 2 call service.restart '{"service":"MSiSCSI"}'
check "before it is done" says "It cuts off a recovery volume that is mounted"
check "the initiator is restarted" does MSiSCSI
check "and what was cut off is told" says "($recovery)"
check "the agent's service is not" refuses service.restart obengine "a recovery volume mounted ($recovery)"
check "nor stopped" refuses service.stop obengine "a recovery volume mounted ($recovery)"
initiator "session $san" "session $recovery" "login $san"
check "nor is it beside production storage" refuses service.restart obengine "a recovery volume mounted ($recovery)"

# ---- In doubt ----

initiator "session $san"
check "a disk that may be one holds the agent's service up" refuses service.restart obengine \
  "whether the agent restores files from the iSCSI disk $san cannot be told"
check "and the initiator" refuses service.restart MSiSCSI "the iSCSI disk $san, which is not known to be a recovery volume"
initiator "session $san" "login $san" "fail login efff003e"
check "so does one while nobody knows what is connected again" refuses service.restart obengine "error 0xEFFF003E"
initiator "fail login efff003e"
check "then the initiator is left alone, too" refuses service.restart MSiSCSI "which iSCSI targets it connects again by itself"
initiator "fail session 2"
check "an error is not taken for nothing" refuses service.restart MSiSCSI "which iSCSI disks are connected cannot be told"
check "nor before the agent's service is touched" refuses service.restart obengine "which iSCSI disks are connected"
initiator "session $recovery" "grow session 30 600"
check "nor is a list without an end" refuses service.restart obengine "which iSCSI disks are connected"

# ---- It does not run ----

initiator
check "the initiator is stopped" exits 0 call service.stop '{"service":"MSiSCSI"}' --yes-to service.stop
initiator "session $recovery" "fail login efff003e"
check "while it is stopped it has no disk" does obengine
: >"$drive/services.txt"
check "and is started by a restart" exits 0 call service.restart '{"service":"MSiSCSI"}' --yes-to service.restart
check "which stops nothing" [ "$(happened)" = "MSiSCSI started;" ]

exit "$failed"
