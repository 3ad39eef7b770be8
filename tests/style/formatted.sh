#!/bin/bash
# The sources look as clang-format would write them (./dev format does).
source "$(dirname "$0")/house.bash"
command -v clang-format >/dev/null || skip "no clang-format here"
while read -r file; do
  clang-format --dry-run -Werror "$file" 2>/dev/null || finding "$file is not as ./dev format would have it"
done < <(c_sources)
verdict
