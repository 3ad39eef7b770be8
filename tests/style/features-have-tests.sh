#!/bin/bash
# Each row of the table of features links a test that uses it, and that test exists.
source "$(dirname "$0")/house.bash"
TABLE=docs/features.md

rows=0
while IFS= read -r row; do
  rows=$((rows + 1))
  tests=$(grep -oE '\]\(\.\./tests/[^)]+\)' <<<"$row" | sed 's/^](//; s/)$//')
  [ -n "$tests" ] || finding "$TABLE: no test: $row"
  for test in $tests; do
    [ -f "docs/$test" ] || finding "$TABLE: no such test: $test"
  done
done < <(grep -E '^\| ' $TABLE | grep -vE '^\| Feature ')
[ "$rows" -gt 60 ] || finding "$TABLE has only $rows rows"
verdict
