#!/usr/bin/env bash
# What scripts share that find faults on a live machine and mend them. To be sourced, behind prefix.sh and
# image_machine.sh; SCRATCH is a folder of the script's own.
: "${SCRATCH:?}" "${tools:?}"
. "$(dirname "${BASH_SOURCE[0]}")/cases.sh"

marshealth() { # EXIT_CODE ARGUMENT...: its output is in out
  local code=0
  wine_run "$MARSHEALTH_EXE" "${@:2}" >"$SCRATCH/out" 2>"$SCRATCH/out.err" </dev/null || code=$?
  [ "$1" = any ] || [ "$code" -eq "$1" ] || { echo "# ${*:2}: exit code $code, not $1"; show; return 1; }
}
show() { # the newest output
  jq -c '{state, message, steps: [.steps[]? | {operation, state, message}]}' "$SCRATCH/out" 2>/dev/null | head -c 2000 | sed 's/^/# /'
  head -c 1000 "$SCRATCH/out.err" | sed 's/^/# /'
}
holds() { # EXPRESSION [JQ_ARGUMENT...]: of the newest document
  jq -e "${@:2}" "$1" "$SCRATCH/out" >/dev/null || { show; return 1; }
}
says() { # TEXT: the newest output
  grep -qF -- "$1" "$SCRATCH/out" "$SCRATCH/out.err" || { show; return 1; }
}

# A service of ours by that name (tools/test_service.c), in place of any other. One that is deleted goes when nobody looks at
# it any more.
new_service() { # NAME MODE [WORD...]: of sc create
  quietly sc delete "$1"
  until_so quietly sc create "$1" binpath= "C:\\test_service.exe $1 C:\\services.txt $2" "${@:3}"
}
state_is() { # SERVICE STATE
  wine_run sc query "$1" | grep -qE "STATE +: [0-9] +$2"
}
# Waits until a command says yes.
until_so() { # COMMAND...
  local tries
  for ((tries = 0; tries < 300; tries++)); do
    ! "$@" || return 0
    sleep 0.1
  done
  return 1
}

# One that fails to start is to fail when the start was answered: as soon as it is seen on its way.
lets_fail() { # SERVICE
  rm -f "$PREFIXES/$machine/drive_c/services.txt.go"
  {
    until_so state_is "$1" START_PENDING
    touch "$PREFIXES/$machine/drive_c/services.txt.go"
  } </dev/null >/dev/null 2>&1 &
}

# What the stand-in for vssadmin (tools/vssadmin.c) lists: of storage, with the prefix's own volume C:.
vss_folder() {
  echo "$PREFIXES/$machine/drive_c/vssadmin"
}
answers() { # WHAT FILE: FILE is UTF-8 text
  sed 's/$/\r/' "$2" >"$(vss_folder)/answer-$1.bin"
}
# From when on the listing behind it holds: when a file of the machine has a text.
after() { # FILE TEXT
  printf '%s\n%s\n' "$1" "$2" >"$(vss_folder)/after.txt"
}
shadow_storage() { # MAXIMUM: such as "300 MB"
  local volume="(C:)$drive_c"
  printf '%s\n' "vssadmin 1.1 - Volume Shadow Copy Service administrative command-line tool" \
    "(C) Copyright 2001-2013 Microsoft Corp." "" "Shadow Copy Storage association" "   For volume: $volume" \
    "   Shadow Copy Storage volume: $volume" "   Used Shadow Copy Storage space: 100 MB (0%)" \
    "   Allocated Shadow Copy Storage space: 150 MB (0%)" "   Maximum Shadow Copy Storage space: $1 (1%)" ""
}
# \\?\Volume{...}\ of the prefix's C:, in drive_c.
find_drive_c() {
  marshealth 0 collect || return 1
  drive_c=$(jq -r '.volumes.list.value[] | select(.letter.value == "C").path.value' "$SCRATCH/out")
  [ -n "$drive_c" ]
}
