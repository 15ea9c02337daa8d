#!/usr/bin/env bash
# The agent's module in a Wine prefix, broken and restored by marshealth.exe. To be sourced, behind prefix.sh and
# image_machine.sh; $machine is the prefix's name. A case is a line of the Test Anything Protocol; $failed says whether one
# went wrong.
: "${MARSHEALTH_EXE:?}" "${SCRATCH:?}" "${PREFIXES:?}" "${machine:?}"
failed=0
agent='Program Files/Microsoft Azure Recovery Services Agent'
module="$PREFIXES/$machine/drive_c/$agent/bin/Modules/MSOnlineBackup"

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    sed 's/^/# /' "$SCRATCH/out" | head -n 20
    echo "not ok - $1"
    failed=1
  fi
}
exits() { # EXIT_CODE WORD...
  local code=0
  wine_run "$MARSHEALTH_EXE" "${@:2}" >"$SCRATCH/out" 2>&1 </dev/null || code=$?
  [ "$code" -eq "$1" ] || { echo "# exit code $code, not $1"; return 1; }
}
repair() { # EXIT_CODE SOURCE WORD...
  exits "$1" repair --check powershell.module-integrity --yes --set "powershell.restore-module.source=$2" "${@:3}"
}
verdict_is() { # VERDICT
  wine_run "$MARSHEALTH_EXE" test --check powershell.module-integrity --format json "${@:2}" >"$SCRATCH/out" 2>&1 </dev/null
  jq -e --arg verdict "powershell.module-integrity/$1" '.findings[0] | .verdict == $verdict or any(.also[]?; .verdict == $verdict)' \
    "$SCRATCH/out" >/dev/null
}
# Lines are broken to the console's width.
says() { # WORDS
  tr -s ' \r\n' ' ' <"$SCRATCH/out" | grep -qF -- "$1"
}
# Content and time by Linux, attributes by Wine.
state() { # NAME
  (cd "$module" && find . -type f -printf '%p %s %T@\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum) >"$SCRATCH/$1"
  (cd "$module" && wine_run cmd /c 'attrib *.*' | tr -d '\r' | sort) >>"$SCRATCH/$1" 2>/dev/null
}
same() { # NAME OTHER
  diff "$SCRATCH/$1" "$SCRATCH/$2" | sed 's/^/# /'
  cmp -s "$SCRATCH/$1" "$SCRATCH/$2"
}
