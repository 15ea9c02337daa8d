#!/usr/bin/env bash
# Judges everything in the folder that MARSHEALTH_TEST_IMAGES names: images, registry hives (also .xz) and task files,
# whatever their state. Each must be read without a crash or a hang, end in a report or in an error object, and nothing
# may pass that such a source cannot tell.
#
# A hive is tried in each of the three places that are read, alone and among the hives of the healthy example; a task
# definition takes the place of the healthy example's.
set -uo pipefail
shopt -s nullglob
: "${MARSHEALTH:?}" "${EXAMPLE_IMAGES:?}" "${SCRATCH:?}"

folder=${MARSHEALTH_TEST_IMAGES:-}
[ -n "$folder" ] || { echo "MARSHEALTH_TEST_IMAGES names no folder"; exit 77; }
[ -d "$folder" ] || { echo "not ok - MARSHEALTH_TEST_IMAGES is not a folder: $folder"; exit 1; }
command -v jq >/dev/null || { echo "there is no jq"; exit 77; }

config=Windows/System32/config
tasks=Windows/System32/Tasks/Microsoft/OnlineBackup
task='\Microsoft\OnlineBackup\Microsoft-OnlineBackup'
problems=()
failed=0

problem() { problems+=("$*"); }

# Judges an image; leaves the report in $SCRATCH/report.json. False where there is none to look at.
judge() { # IMAGE WHAT
  local code=0
  timeout 60 "$MARSHEALTH" test --image "$1" --format json >"$SCRATCH/report.json" 2>"$SCRATCH/messages" || code=$?
  if [ "$code" -gt 3 ]; then
    problem "$2: exit code $code: $(tail -n 3 "$SCRATCH/messages")"
    return 1
  fi
  if ! jq -es 'length == 1 and (.[0].schema | startswith("marshealth/"))' "$SCRATCH/report.json" >/dev/null; then
    problem "$2: the output is no report"
    return 1
  fi
  jq -e '.schema == "marshealth/report/1"' "$SCRATCH/report.json" >/dev/null && return 0
  [ "$code" -eq 3 ] || problem "$2: not judged, yet exit code $code"
  return 1
}

# Nothing whose verdict or check the pattern matches may pass.
no_pass() { # WHAT PATTERN WHY
  local passed
  passed=$(jq -r --arg p "$2" '.findings[] | select(.status == "pass" and (.check | test($p))) | .verdict' "$SCRATCH/report.json")
  [ -z "$passed" ] || problem "$1: passes although $3: ${passed//$'\n'/ }"
}

plain() { # FILE -> a copy without compression, at most 64 MiB
  if [[ $1 == *.xz ]]; then
    xz -dc -- "$1" 2>/dev/null | head -c 64M >"$SCRATCH/plain"
  else
    head -c 64M -- "$1" >"$SCRATCH/plain"
  fi
}

hive_alone() { # PLACE
  local image=$SCRATCH/alone
  rm -rf "$image"
  mkdir -p "$image/$config"
  cp "$SCRATCH/plain" "$image/$config/$1"
  judge "$image" "as $1 alone" || return 0
  no_pass "as $1 alone" '^(agent|schedule|shadow)[.]|^powershell[.]module' "there are no files, tasks or captures"
}

hive_among_others() { # PLACE
  cp "$SCRATCH/plain" "$SCRATCH/healthy/$config/$1"
  if judge "$SCRATCH/healthy" "as $1 among others" && [ "$is_hive" = no ]; then
    case $1 in
    SOFTWARE) no_pass "as $1 among others" '^agent[.]installed|^powershell[.]execution' "$1 is no hive" ;;
    SYSTEM) no_pass "as $1 among others" '^powershell[.]module-path' "$1 is no hive" ;;
    esac
  fi
  cp "$EXAMPLE_IMAGES/healthy/$config/$1" "$SCRATCH/healthy/$config/$1"
}

# The text of a task definition, for a second opinion.
task_text() {
  case $(head -c 2 "$SCRATCH/plain" | od -An -tx1 | tr -d ' ') in
  fffe) iconv -f UTF-16LE -t UTF-8 -c "$SCRATCH/plain" ;;
  feff) iconv -f UTF-16BE -t UTF-8 -c "$SCRATCH/plain" ;;
  *) cat "$SCRATCH/plain" ;;
  esac 2>/dev/null | tr -d '\000\r\n'
}

task_in_place() {
  local settings
  cp "$SCRATCH/plain" "$SCRATCH/healthy/$tasks/Microsoft-OnlineBackup"
  if judge "$SCRATCH/healthy" "as a task"; then
    settings=$(task_text | grep -oE '<Settings>.*</Settings>')
    if [[ $settings =~ \<Enabled\>false\</Enabled\> ]]; then
      jq -e --arg s "$task" '[.findings[] | select(.check == "schedule.enabled" and .subject == $s and .status == "fail")] | length == 1' \
        "$SCRATCH/report.json" >/dev/null || problem "as a task: disabled, and does not fail"
    fi
    if [[ $settings =~ \<MultipleInstancesPolicy\>([A-Za-z]+) ]] && [ "${BASH_REMATCH[1]}" != IgnoreNew ]; then
      jq -e --arg s "$task" '[.findings[] | select(.check == "schedule.multiple-instances" and .subject == $s and .status == "pass")] | length == 0' \
        "$SCRATCH/report.json" >/dev/null || problem "as a task: ${BASH_REMATCH[1]}, and passes"
    fi
  fi
  cp "$EXAMPLE_IMAGES/healthy/$tasks/Microsoft-OnlineBackup" "$SCRATCH/healthy/$tasks/Microsoft-OnlineBackup"
}

say() { # NAME
  if [ "${#problems[@]}" -eq 0 ]; then
    echo "ok - $1"
  else
    printf '%s\n' "${problems[@]}"
    echo "not ok - $1"
    failed=1
  fi
  problems=()
}

rm -rf "$SCRATCH"
mkdir -p "$SCRATCH"
cp -R "$EXAMPLE_IMAGES/healthy" "$SCRATCH/healthy"
chmod -R u+w "$SCRATCH/healthy"

# Images first; what lies inside them is not tried by itself.
images=()
while IFS= read -r -d '' found; do
  images+=("${found%/*/*/*}")
done < <(find "$folder" -type d -ipath '*/windows/system32/config' -print0 | sort -z)
inside=()
for image in "${images[@]}"; do
  inside+=(-not -path "$image/*")
  judge "$image" "as an image" || true
  say "image ${image#"$folder"/}"
done

while IFS= read -r -d '' file; do
  plain "$file"
  if [ "$(head -c 4 "$SCRATCH/plain" | tr -d '\000')" = regf ]; then is_hive=yes; else is_hive=no; fi
  if task_text | head -c 4096 | grep -qE '<\?xml|<Task'; then
    task_in_place
  else
    for place in SYSTEM SOFTWARE DEFAULT; do
      hive_alone "$place"
      hive_among_others "$place"
    done
  fi
  say "${file#"$folder"/}"
done < <(find "$folder" -type f "${inside[@]}" -print0 | sort -z)
exit "$failed"
