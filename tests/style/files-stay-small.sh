#!/bin/bash
# A file has one purpose, so it is short: about 300 lines, hardly ever 400.
source "$(dirname "$0")/house.bash"
MOST=420

while read -r lines file; do
  [ "$lines" -le $MOST ] || finding "$file has $lines lines: split it by purpose"
done < <({ c_sources; python_sources; shell_scripts; } | xargs wc -l | grep -v ' total$')
verdict
