#!/bin/bash
# A relative link in a Markdown file names something that exists.
source "$(dirname "$0")/house.bash"

while read -r file; do
  while read -r target; do
    path=${target%%#*}
    [ -z "$path" ] || [ -e "$(dirname "$file")/$path" ] || finding "$file: no $target"
  done < <(grep -oE '\]\([^)]+\)' "$file" | sed 's/^](//; s/)$//' | grep -vE '^[a-z]+:' || true)
done < <(tree -name '*.md')
verdict
