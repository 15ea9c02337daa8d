#!/usr/bin/env bash
# Runs a test program in a new prefix, which it may change as it likes.
# usage: live.sh PREFIXES PROGRAM
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
. "$(dirname "${BASH_SOURCE[0]}")/microsoft.sh"
prefix_use "$1" "$(basename "$2" .exe)" || exit 1
wine "$2"
