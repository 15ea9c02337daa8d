#!/usr/bin/env bash
# The unit tests, and the judging of the example images, inside programs that have taken over a locale: one with a comma
# for decimals, and one where "I" and "i" are not each other's case.
set -uo pipefail
build=${BUILD:-$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)/build}
preload=$build/tests/libset_locale.so
export LOCPATH=$build/locales
mkdir -p "$LOCPATH"

in_locale() { # LOCALE COMMAND...
  local locale=$1
  shift
  env LC_ALL="$locale" LD_PRELOAD="$preload" "$@"
}

make_locale() { # NAME
  [ -d "$LOCPATH/$1" ] && return 0
  command -v localedef >/dev/null || return 1
  localedef -i "${1%%.*}" -f UTF-8 "$LOCPATH/$1.new" && mv "$LOCPATH/$1.new" "$LOCPATH/$1"
}

one_test='
  name=$(basename "$2")
  cd "$(dirname "$2")" && env LC_ALL="$1" LD_PRELOAD="$3" "$2" >"$0/$name" 2>&1
  echo "@ $1:$name $?" >>"$0/$name"
'
unit_tests() { # LOCALE
  local output=$LOCPATH/output-$1
  rm -rf "$output"
  mkdir -p "$output"
  ctest --test-dir "$build" --tests-regex '^unit\.' --label-exclude exhaustive --show-only=json-v1 | jq -r '.tests[].command[0]' |
    xargs -P "${JOBS:-2}" -I{} bash -c "$one_test" "$output" "$1" {} "$preload"
  cat "$output"/*
}

same_output() { # LOCALE IMAGE FORMAT
  local plain=$build/locales/plain other=$build/locales/other
  env -u LC_ALL LC_ALL=C "$build/bin/marshealth" test --image "$2" --format "$3" >"$plain"
  in_locale "$1" "$build/bin/marshealth" test --image "$2" --format "$3" >"$other"
  # When it was collected is the one thing that differs from run to run.
  diff <(sed -E 's/("collected": *)"[^"]*"/\1/' "$plain") <(sed -E 's/("collected": *)"[^"]*"/\1/' "$other")
}

for locale in C tr_TR.UTF-8 de_DE.UTF-8; do
  if [ "$locale" != C ] && ! make_locale "$locale"; then
    echo "ok - $locale # SKIP localedef cannot make this locale"
    continue
  fi
  unit_tests "$locale"
  [ "$locale" != C ] || continue
  for image in healthy broken; do
    for format in text json junit nagios; do
      if same_output "$locale" "$build/examples/images/$image" "$format"; then
        echo "ok - $image as $format is the same in $locale"
      else
        echo "not ok - $image as $format is the same in $locale"
      fi
    done
  done
done
