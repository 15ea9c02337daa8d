#!/usr/bin/env bash
# Builds the .NET binding for both frameworks and tests it against the library in build/: under .NET with xunit, and the
# .NET Framework build under Mono. Prints a line of the Test Anything Protocol for each case.
# usage: run.sh        after the build; without a .NET SDK or Mono, what needs it is told as skipped
set -uo pipefail

. "$(dirname "${BASH_SOURCE[0]}")/dotnet.sh"

# What the cases need. Sources are written only when they change, so that nothing is built in vain.
prepare() {
  local stub
  mkdir -p "$MARSHEALTH_STUBS" "$output/examples" || return
  bash tests/bindings/layout.sh "$root/native/include/marshealth.h" "$output/layout" >"$MARSHEALTH_LAYOUT" || return
  bash tests/bindings/examples.sh docs/dotnet.md >"$output/examples/new" || return
  cmp -s "$output/examples/new" "$output/examples/DocumentedExamples.cs" ||
    cp "$output/examples/new" "$output/examples/DocumentedExamples.cs" || return
  "$BUILD/bin/marshealth" collect --image "$BUILD/examples/images/broken" -o "$MARSHEALTH_EVIDENCE" || return
  for stub in other_interface other_library; do
    "${CC:-gcc}" -shared -fPIC -o "$MARSHEALTH_STUBS/$stub.so" "tests/bindings/dotnet/Stubs/$stub.c" || return
  done
}

under_dotnet() {
  local log=$output/xunit.log code=0
  dotnet test tests/bindings/dotnet/MarsHealth.Interop.Tests.csproj "${locked[@]}" \
    --logger 'console;verbosity=normal' >"$log" 2>&1 || code=$?
  sed -nE 's/^  (Passed|Failed|Skipped) (MarsHealth\.Interop\.Tests\.)?(.*)$/\1 \3/p' "$log" | sed -E '
    s/ \[[^]]*\]$//
    s/^Passed /ok - .NET /
    s/^Failed /not ok - .NET /
    s/^Skipped (.*)/ok - .NET \1 # SKIP not possible here/'
  if [ "$code" -ne 0 ]; then
    sed 's/^/# /' "$log"
  fi
  return "$code"
}

under_mono() {
  local code=0
  dotnet build tests/bindings/dotnet/Standalone -f net462 "${locked[@]}" -v quiet || return
  mono "$output/bin/MarsHealth.Interop.Standalone/debug_net462/MarsHealth.Interop.Tests.exe" >"$output/mono.log" 2>&1 || code=$?
  sed -E 's/^((not )?ok -) /\1 Mono /' "$output/mono.log"
  return "$code"
}

if ! has_dotnet; then
  echo "note: there is no .NET SDK 8 or later: the .NET binding is neither built nor tested"
  echo "ok - the .NET binding # SKIP there is no .NET SDK 8 or later"
  exit 0
fi
if [ "$(uname -m)" != x86_64 ]; then
  echo "ok - the .NET binding # SKIP it is tested on x86_64 only"
  exit 0
fi
prepare || exit
if ! restore MarsHealth.Interop.Tests.csproj Standalone; then
  exit "$restore_code"
fi
code=0
under_dotnet || code=1
if command -v mono >/dev/null; then
  under_mono || code=1
else
  echo "note: there is no Mono: the binding's .NET Framework build is not tested"
  echo "ok - the binding under Mono # SKIP there is no Mono"
fi
exit "$code"
