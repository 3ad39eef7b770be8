#!/bin/bash
# Every file opens with what it is for. The path of a test says that already.
source "$(dirname "$0")/house.bash"

while read -r file; do
  finding "$file:1: begin with '// What this is for. Runs in: ...'"
done < <(c_sources | grep -v '^tests/unit/.*_test\.cpp$' | tr '\n' '\0' |
  xargs -0 awk 'FNR == 1 { if ($0 !~ /^\/\/ ............../) print FILENAME; nextfile }')

# Of the files on stdin, those whose first line doesn't match, after the lines that name the interpreter.
opening_lacks() {
  tr '\n' '\0' | xargs -0 -r awk -v pattern="$1" '
    FNR == 1 && /^#!|^# shellcheck/ || !/./ { next } { if ($0 !~ pattern) print FILENAME; nextfile }'
}
while read -r file; do
  finding "$file: say in a comment on top what this is for"
done < <(shell_scripts | grep -vE '^tests/(system|security|engines|frontend)/' | opening_lacks '^# ..............')
while read -r file; do
  finding "$file: say in a docstring on top what this is for"
done < <(python_sources | opening_lacks '^("""|# )..............')
verdict
