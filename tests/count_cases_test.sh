#!/usr/bin/env bash
# What tests/run.sh counts: every way in which a test can end, as ctest and as a plain program show it.
# usage: count_cases_test.sh FOLDER_OF_THE_SCRIPT
set -uo pipefail
failed=0

counts() { # NAME EXPECTED; the log is on standard input
  local found
  found=$(awk -f "$1/count_cases.awk")
  if [ "$found" = "$3" ]; then
    echo "ok - $2"
  else
    diff <(echo "$3") <(echo "$found") | sed 's/^/# /'
    echo "not ok - $2"
    failed=1
  fi
}

counts "$1" "ctest with interleaved tests" 'failed: unit.x test_b
skipped: unit.x test_s
failed: unit.x ended in test_c, 1 more not run
failed: image.y bad 100 %
skipped: image.y s: no tool
failed: image.late
skipped: abi.h: there is no compiler
failed: unit.gone
4 6 3' <<'END'
test 1
1: [==========] tests: Running 5 test(s).
1: [ RUN      ] test_a
2: ok - fine
1: [       OK ] test_a
1: [ RUN      ] test_b
1: [  ERROR   ] --- 0x1 != 0x2
1: [   LINE   ] --- x.c:1: error: Failure!
1: [  FAILED  ] test_b
2: not ok - bad 100 %
1: [ RUN      ] test_s
1: [  SKIPPED ] test_s
1: [ RUN      ] test_c
2: ok 3 - s # SKIP no tool
 1/6 Test  #1: unit.x ...................***Exception: SegFault  0.01 sec
 2/6 Test  #2: image.y ..................***Failed  0.01 sec
3: ok - one
 3/6 Test  #3: image.late ...............***Failed  0.01 sec
 4/6 Test  #4: fuzz.z ...................   Passed    0.01 sec
5: there is no compiler
 5/6 Test  #5: abi.h ....................***Skipped   0.01 sec
 6/6 Test  #6: unit.gone ................***Not Run   0.00 sec
END

counts "$1" "plain programs" 'failed: unit ended in test_b
failed: other
2 2 0' <<'END'
[==========] tests: Running 2 test(s).
[ RUN      ] test_a
[       OK ] test_a
[ RUN      ] test_b
@ unit 139
@ other 1
ok - last
END

counts "$1" "nothing at all" '0 0 0' </dev/null
exit "$failed"
