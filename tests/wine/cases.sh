#!/usr/bin/env bash
# Test cases of scripts that run marshealth.exe and Wine's own programs. To be sourced, behind prefix.sh; SCRATCH is a
# folder of the script's own, in which "out" is what marshealth printed last. The script ends with: exit "$failed"
: "${SCRATCH:?}"
failed=0

check() { # NAME COMMAND...
  if "${@:2}"; then
    echo "ok - $1"
  else
    head -n 20 "$SCRATCH/out" 2>/dev/null | cut -c 1-500 | sed 's/^/# /'
    echo "not ok - $1"
    failed=1
  fi
}
quietly() { # PROGRAM ARGUMENT...
  wine_run "$@" >/dev/null 2>&1
}
exits() { # EXIT_CODE WORD...: of marshealth
  local code=0
  wine_run "$MARSHEALTH_EXE" "${@:2}" >"$SCRATCH/out" 2>&1 </dev/null || code=$?
  [ "$code" -eq "$1" ] || { echo "# exit code $code, not $1"; return 1; }
}
