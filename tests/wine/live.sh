#!/usr/bin/env bash
# Runs a test program in a new prefix, which it may change as it likes.
# usage: live.sh PREFIXES PROGRAM            it is ended after LIVE_SECONDS (100)
set -uo pipefail
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
. "$(dirname "${BASH_SOURCE[0]}")/microsoft.sh"
name=$(basename "$2" .exe)
prefix_copy "$1" "$name" || exit 1
trap 'prefix_stop "$1" "$name"' EXIT
(
  wine_use "$1/$name"
  timeout "${LIVE_SECONDS:-100}" wine "$2"
)
