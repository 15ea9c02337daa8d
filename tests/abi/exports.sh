#!/usr/bin/env bash
# The shared library exports exactly the functions that the header declares.
# usage: exports.sh LIBRARY HEADER
set -eu
declared=$(grep -oE '^MARS_API [^;(]*\(' "$2" | grep -oE 'mars_[a-z0-9_]+\($' | tr -d '(' | sort)
exported=$(nm -D --defined-only "$1" | awk '$2 ~ /[A-Z]/ { print $3 }' | sort)
[ -n "$declared" ] || { echo "no declaration was found in $2" >&2; exit 1; }
diff <(echo "$declared") <(echo "$exported") || { echo "< declared in $2   > exported by $1" >&2; exit 1; }
