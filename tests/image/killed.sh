#!/usr/bin/env bash
# The command line tool, killed at each call that changes the disk, and with each such call failing: in a repair, in the
# undo of one, and in what looks after an interrupted one. Afterwards history says what was found, a repair finishes,
# and undo brings back every byte, time and mode, and every folder.
#
# REPAIR_KILLS=all tries every call; else some are left out where trying all would take long. REPAIR_SEED says which.
set -uo pipefail
: "${MARSHEALTH:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}" "${FAILING_DISK:?}"
command -v jq >/dev/null || { echo "there is no jq"; exit 77; }
rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cd "$SCRATCH" || exit 1
# A sanitizer's runtime wants to be the first library. Its findings must not look like exit codes of the tool.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}verify_asan_link_order=0:detect_leaks=0:exitcode=99"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:exitcode=99"

module='Program Files/Microsoft Azure Recovery Services Agent/bin/Modules/MSOnlineBackup'
checks=(--check powershell.execution-policy --check powershell.module-path --check powershell.module-integrity)
seed=${REPAIR_SEED:-$RANDOM}
failed=0
problems=()

problem() { # WHAT
  problems+=("$where: $* $(head -c 300 messages 2>/dev/null | tr '\n' ' ')")
}

say() { # NAME
  if [ "${#problems[@]}" -eq 0 ]; then
    echo "ok - $1"
  else
    printf '# %s\n' "${problems[@]:0:10}"
    echo "not ok - $1 (${#problems[@]} problems, REPAIR_SEED=$seed)"
    failed=1
  fi
  problems=()
}

# ---- The tool ----

# Runs the tool on the image server; its output is in out and messages, its exit code in $code.
tool() { # COMMAND [ARGUMENT...]
  code=0
  timeout 120 "$MARSHEALTH" "$1" --image server "${@:2}" >out 2>messages || code=$?
  [ "$code" -le 3 ] || problem "$1 ended with $code"
}

# The same on a disk with trouble.
troubled() { # AT HOW COMMAND [ARGUMENT...]
  code=0
  timeout 120 env DISK_CALLS_COUNT=count DISK_CALLS_AT="$1" DISK_CALLS_HOW="$2" LD_PRELOAD="$FAILING_DISK" \
    "$MARSHEALTH" "$3" --image server "${@:4}" >out 2>messages || code=$?
}

# Killed at that call: a process that ends by itself has made fewer.
killed() { # AT HOW COMMAND [ARGUMENT...]
  { troubled "$@"; } 2>/dev/null
  [ "$code" -eq 137 ] || problem "$3 was to be killed, but ended with $code"
}

# How many such calls it makes; leaves the image as it is.
calls_of() { # COMMAND [ARGUMENT...]
  stash before-count
  troubled 0 none "$@"
  take before-count
  cat count
}

repair=(repair --yes "${checks[@]}" --set "powershell.restore-module.source=$SCRATCH/good" --baseline good.json)

# ---- Images ----

take() { rm -rf server && cp -a "$1" server; }
stash() { rm -rf "$1" && cp -a server "$1"; }

listing() { # IMAGE
  (cd "$1" && find . -path ./ProgramData/MarsHealth -prune -o -type d -printf '%m %p\n' -o -printf '%m %s %T@ %p\n' | sort)
}

# Whether every file and folder outside the record of repairs is what it was.
is_as_before() {
  [ "$(listing server)" = "$(<"$base.list")" ] && diff -r --exclude=MarsHealth "$base" server >difference
}

# ---- What must hold ----

# An interrupted run is told of, with what became of its last change; nothing is unreadable or left unclear.
history_says() {
  tool history --format json
  [ "$code" -eq 0 ] || problem "history ended with $code"
  jq -e 'all(.runs[]; .state != "unreadable" and (.state != "interrupted" or .problem != null))
    and ([.runs[].problem, .notes[]] | map(select(. != null)) | all(test("neither|cannot be told|could not|nobody") | not))' out >/dev/null ||
    problem "history says $(jq -c '[.runs[].state, .runs[].problem, .notes]' out 2>/dev/null)"
}

# Repaired until nothing is left: where the module is missing, what PSModulePath lacks shows only when it is back.
finishes() {
  local runs=0
  while tool "${repair[@]}" --format json && [ "$code" -eq 0 ] && [ "$runs" -lt 4 ]; do
    runs=$((runs + 1))
    [ "$(jq -r .state out)" != nothing-to-do ] || break
  done
  [ "$code" -eq 0 ] || problem "the repair did not finish: $code $(jq -c .message out 2>/dev/null)"
  tool test "${checks[@]}" --format json
  jq -e '.summary.fail == 0' out >/dev/null || problem "not healthy after the repair"
  ! find server -name '~marshealth*' | grep -q . || problem "a file that was half made is left"
}

takes_back() {
  local runs=0
  while tool undo --yes && [ "$code" -eq 0 ] && [ "$runs" -lt 9 ]; do
    runs=$((runs + 1))
  done
  [ "$code" -eq 3 ] || problem "undo ended with $code"
  is_as_before || problem "not as before: $(head -c 300 difference; diff <(listing server) "$base.list" | head -n 4)"
}

# From where the machine is now: taken back at once, and finished first; the one or the other where not all is tried.
# What looks after the interrupted run is history, or the repair itself.
turn=0
both_ways() {
  turn=$((turn + 1))
  stash interrupted
  if [ "${REPAIR_KILLS:-}" = all ] || [ $((turn % 2)) -eq 0 ]; then
    history_says
    takes_back
    take interrupted
  fi
  if [ "${REPAIR_KILLS:-}" = all ] || [ $((turn % 2)) -eq 1 ]; then
    finishes
    history_says
    takes_back
  fi
}

# ---- Which calls ----

# every STRIDE COUNT: each of them, or some. Each recovery is tried at all of its calls, so of what is to be recovered
# from some will do in any case.
every() {
  local stride=$1
  [ "${REPAIR_KILLS:-}" != all ] || stride=1
  seq $((1 + seed % stride)) "$stride" "$2"
}
some() {
  local stride=$((5 * stride))
  [ "${REPAIR_KILLS:-}" != all ] || stride=8
  seq $((1 + seed % stride)) "$stride" "$1"
}

# ---- The images that are repaired ----

cp -a "$EXAMPLE_IMAGES/healthy/$module" good
"$MARSHEALTH" baseline good -o good.json --agent-version 2.0.9070.0 || exit 1
cp -a "$EXAMPLE_IMAGES/broken" damaged
listing damaged >damaged.list
cp -a damaged bare # folders are to be made as well
rm -rf "bare/${module%/*}"
listing bare >bare.list

stride=${REPAIR_STRIDE:-17}
for base in damaged bare; do
  take "$base"
  total=$(calls_of "${repair[@]}")
  where=$base
  [ "$total" -gt 50 ] || problem "a repair made only $total calls"
  say "$base: a repair makes $total calls that change the disk"

  for how in kill tear; do
    for n in $(every "$stride" "$total"); do
      where="$base, $how at $n"
      take "$base"
      killed "$n" "$how" "${repair[@]}"
      both_ways
    done
    say "$base: a repair that is killed ($how) can be finished and taken back"
  done

  for how in EIO from:EIO from:ENOSPC from:EROFS; do
    for n in $(every $((stride * 2)) "$total"); do
      where="$base, $how at $n"
      take "$base"
      troubled "$n" "$how" "${repair[@]}"
      [ "$code" -le 3 ] || problem "the repair ended with $code"
      both_ways
    done
    say "$base: a repair on a disk that fails ($how) can be finished and taken back"
  done

  take "$base"
  tool "${repair[@]}"
  stash repaired
  total=$(calls_of undo --yes)
  for how in kill tear EIO from:EIO from:ENOSPC; do
    for n in $(every "$stride" "$total"); do
      where="$base, undo, $how at $n"
      take repaired
      case $how in
      kill | tear) killed "$n" "$how" undo --yes ;;
      *) troubled "$n" "$how" undo --yes ;;
      esac
      both_ways
    done
    say "$base: an undo with trouble ($how at each of $total calls) can be done again"
  done
done

# ---- Looking after an interrupted run, killed in its turn ----

after_recovery() { # WHAT
  local total k
  stash found-so
  total=$(calls_of history)
  recovered=$((recovered + total))
  for k in $(seq "$total"); do
    for how in kill tear from:EIO; do
      where="$1, recovery, $how at $k of $total"
      take found-so
      case $how in
      from:*) troubled "$k" "$how" history ;;
      *) killed "$k" "$how" history ;;
      esac
      both_ways
    done
  done
}

for base in damaged bare; do
  recovered=0
  take "$base"
  for n in $(some "$(calls_of "${repair[@]}")"); do
    take "$base"
    where="$base, $n"
    killed "$n" kill "${repair[@]}"
    after_recovery "$base, repair killed at $n"
  done
  say "$base: looking after a killed repair can be killed ($recovered calls)"
done
base=damaged
recovered=0
take damaged
tool "${repair[@]}"
stash repaired
for n in $(some "$(calls_of undo --yes)"); do
  take repaired
  where="undo, $n"
  killed "$n" kill undo --yes
  after_recovery "undo killed at $n"
done
say "looking after a killed undo can be killed ($recovered calls)"
echo "# REPAIR_SEED=$seed REPAIR_STRIDE=$stride"
exit "$failed"
