# Counts the test cases in a log. Prints "failed: NAME" and "skipped: NAME" lines, and last "PASSED FAILED SKIPPED".
#
# Understood are the output of `ctest --verbose` (each line of a test is preceded by its number) and of plain programs.
# A test's cases are what cmocka reports, or lines of the Test Anything Protocol:
#     ok - name          ok - name # SKIP why          not ok - name
# A ctest test without cases is one case itself; a program can say so with a line "@ NAME EXIT_CODE" behind its output.

function short(name) {
  sub(/^[0-9]+ - /, "", name)
  sub(/^- /, "", name)
  return name
}

# What a case was is told when its test ends, for only then is the test's name known.
function fail(n, name) {
  failed++
  told[n] = told[n] "failed: %" name "\n"
}

function skip(n, name) {
  skipped++
  told[n] = told[n] "skipped: %" name "\n"
}

function tell(n, name,    line, lines, i) {
  lines = split(told[n], line, "\n")
  for (i = 1; i < lines; i++) {
    sub(/%/, name, line[i])
    print line[i]
  }
  told[n] = ""
}

# The cases of test n are all there. worked: whether the test as a whole passed.
function close_test(n, name, worked, was_skipped,    lost) {
  lost = expected[n] - cases[n]
  if (lost > 0) {
    # cmocka announced more than it told of: the program died.
    fail(n, " ended in " (running[n] != "" ? running[n] : "the group's set-up") (lost > 1 ? ", " lost - 1 " more not run" : ""))
    failed += lost - 1
  } else if (was_skipped) {
    skip(n, last[n] != "" ? ": " last[n] : "")
  } else if (!worked && !bad[n]) {
    fail(n, "")
  } else if (worked && cases[n] == 0) {
    passed++
  }
  tell(n, name)
  expected[n] = cases[n] = bad[n] = 0
  running[n] = last[n] = ""
}

{
  sub(/\r$/, "")
  n = 0
  line = $0
}

match(line, /^[0-9]+: /) {
  n = substr(line, 1, RLENGTH - 2) + 0
  line = substr(line, RLENGTH + 1)
}

line ~ /^\[==========\] .*Running [0-9]+ test/ {
  match(line, /Running [0-9]+/)
  expected[n] += substr(line, RSTART + 8, RLENGTH - 8)
  next
}
line ~ /^\[ RUN      \] / {
  running[n] = substr(line, 14)
  next
}
running[n] != "" && line ~ /^\[       OK \] / {
  passed++
  cases[n]++
  running[n] = ""
  next
}
running[n] != "" && line ~ /^\[  SKIPPED \] / {
  cases[n]++
  skip(n, " " running[n])
  running[n] = ""
  next
}
running[n] != "" && line ~ /^\[  (FAILED|ERROR)  *\] / {
  cases[n]++
  bad[n] = 1
  fail(n, " " running[n])
  running[n] = ""
  next
}
line ~ /^not ok( |$)/ {
  cases[n]++
  bad[n] = 1
  fail(n, (n > 0 ? " " : "") short(substr(line, 8)))
  next
}
line ~ /^ok( |$)/ {
  cases[n]++
  name = short(substr(line, 4))
  if (match(name, / # SKIP */)) {
    skip(n, (n > 0 ? " " : "") substr(name, 1, RSTART - 1) ": " substr(name, RSTART + RLENGTH))
  } else {
    passed++
  }
  next
}
line ~ /^@ / {
  split(line, part, " ")
  close_test(0, part[2], part[3] == 0, 0)
  next
}
# " 3/40 Test  #3: unit.test_arena ....   Passed    0.01 sec"
n == 0 && line ~ /^ *[0-9]+\/[0-9]+ Test +#[0-9]+: / {
  match(line, /#[0-9]+/)
  n = substr(line, RSTART + 1, RLENGTH - 1) + 0
  split(substr(line, RSTART + RLENGTH + 2), part, " ")
  close_test(n, part[1], line ~ / Passed +[0-9.]+ sec/, line ~ /\*\*\*Skipped/)
  next
}
n > 0 && line != "" { last[n] = line }

END {
  tell(0, "")
  printf "%d %d %d\n", passed, failed, skipped
}
