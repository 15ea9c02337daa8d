#!/usr/bin/env bash
# Runs a Windows program in a prefix that is in use already.
# usage: run.sh PREFIX PROGRAM [ARGUMENT...]
. "$(dirname "${BASH_SOURCE[0]}")/prefix.sh"
wine_use "$1"
exec wine "${@:2}"
