#!/bin/bash
# Every file opens with what it is for. The path of a test says that already.
source "$(dirname "$0")/house.bash"

while read -r file; do
  head -n 1 "$file" | grep -qE '^// .{15}' || finding "$file:1: begin with '// What this is for. Runs in: ...'"
done < <(c_sources | grep -v '^tests/unit/.*_test\.cpp$')

# After the line that names the interpreter, if there is one.
opening() {
  sed -n '1{/^#!/d;/^# shellcheck/d};p;/./q' "$1" | head -n 1
}
while read -r file; do
  opening "$file" | grep -qE '^# .{15}' || finding "$file: say in a comment on top what this is for"
done < <(shell_scripts | grep -vE '^tests/(system|security|engines|frontend)/')
while read -r file; do
  opening "$file" | grep -qE '^("""|# ).{15}' || finding "$file: say in a docstring on top what this is for"
done < <(python_sources)
verdict
