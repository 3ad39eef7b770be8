#!/bin/bash
# The sources look as clang-format would write them (./dev format does).
source "$(dirname "$0")/house.bash"
command -v clang-format >/dev/null || skip "no clang-format here"
while read -r file; do
  finding "$file is not as ./dev format would have it"
done < <({ c_sources | xargs -P "$(nproc)" -n 40 clang-format --dry-run -Werror 2>&1 || true; } |
  sed -n 's/^\([^:]*\):[0-9]*:[0-9]*: error:.*/\1/p' | sort -u)
verdict
