#!/bin/bash
# Shell scripts are free of the mistakes that shellcheck knows.
source "$(dirname "$0")/house.bash"
command -v shellcheck >/dev/null || skip "no shellcheck here"

# Tests that stand on tests/lib.sh set variables for it and have its `set -e`, which shellcheck can't see;
# and they split numbers into words.
on_lib='^tests/(system|security|engines|frontend)/'
shell_scripts | grep -vE "$on_lib" | xargs shellcheck --severity=info
shell_scripts | grep -E "$on_lib" | xargs shellcheck --severity=warning --exclude=SC1010,SC2034,SC2046,SC2054,SC2164
