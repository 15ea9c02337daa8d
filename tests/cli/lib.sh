# Sourced by the scripts in this folder, which speak the Test Anything Protocol and are called as: bash SCRIPT PROGRAM IMAGES SCRATCH TOOLS REPOSITORY
# PROGRAM: the command line tool; IMAGES: folder of the built example images; SCRATCH: a folder of its own;
# TOOLS: the folder of the built test tools.
# Exit code 77: skipped, since jq is missing.
set -u
program=$(realpath "$1")
images=$(realpath "$2")
scratch=$3
tools=$(realpath "$4")
xml_query=$tools/xml_query
repository=$(realpath "$5")
time_limit=60 # seconds for one call; a sanitizer makes it slow
passed=0
failed=0
skipped=0

command -v jq > /dev/null || { echo "jq is not installed"; exit 77; }
mkdir -p "$scratch" || exit 1
scratch=$(realpath "$scratch")
# The folder is this script's own; nothing else is removed.
find "$scratch" -mindepth 1 -type d -exec chmod u+rwx {} + 2> /dev/null
rm -rf "${scratch:?}"/* || exit 1
cd "$scratch" || exit 1
unset NO_COLOR
# A finding of a sanitizer must not look like an exit code of the tool.
export ASAN_OPTIONS="${ASAN_OPTIONS:+$ASAN_OPTIONS:}exitcode=99"
export UBSAN_OPTIONS="${UBSAN_OPTIONS:+$UBSAN_OPTIONS:}halt_on_error=1:exitcode=99"

pass() {
    passed=$((passed + 1))
    printf 'ok - %s\n' "$1"
}

fail() {
    failed=$((failed + 1))
    printf 'not ok - %s\n' "$1"
    [ "$#" -lt 2 ] || printf '# %s\n' "${2//$'\n'/ }"
    printf '# stderr: %s\n' "$(head -c 400 err | tr '\n' ' ')"
}

# skip DESCRIPTION WHY
skip() {
    skipped=$((skipped + 1))
    printf 'ok - %s # SKIP %s\n' "$1" "$2"
}

# Runs the tool; its output is in the files out and err, its exit code in $code.
run() {
    timeout "$time_limit" "$program" "$@" > out 2> err
    code=$?
    [ "$code" -le 3 ] || fail "marshealth $*" "it ended with $code"
}

# that DESCRIPTION COMMAND...: the command must succeed.
that() {
    local description=$1
    shift
    if "$@" > /dev/null 2>&1; then pass "$description"; else fail "$description" "$*"; fi
}

# exits CODE DESCRIPTION
exits() {
    if [ "$code" -eq "$1" ]; then pass "$2: exit code $1"; else fail "$2" "exit code $code, not $1"; fi
}

says() { that "stderr says: $1" grep -Eq -- "$1" err; }
silent() { that "$1: nothing on stderr" test ! -s err; }
prints() { that "stdout has: $1" grep -Eq -- "$1" out; }
# holds DESCRIPTION FILTER: a jq filter over stdout that must give true.
holds() { that "$1" jq -e "$2" out; }

finish() {
    printf '%d passed, %d failed, %d skipped\n' "$passed" "$failed" "$skipped"
    [ "$failed" -eq 0 ]
    exit
}
