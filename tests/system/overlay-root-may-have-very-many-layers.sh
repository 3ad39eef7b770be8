#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

# 120 directories with long names: more than a page holds, which is what mount(2) takes.
ocirt_only "an annotation of ours"
new_bundle
layered_root
lower=""
for i in $(seq 120); do
  dir=$WORK/layer-with-a-long-name-$i
  mkdir "$dir"
  echo "$i" >"$dir/number-$i"
  lower="$lower\"$dir\", "
done
# Names that the overlay takes for two, and one that is longer than a value may be.
odd="$WORK/a:b,c"
long=$WORK/$(printf 'l%.0s' $(seq 250))
mkdir "$odd" "$long"
echo odd >"$odd/odd"
echo long >"$long/long"
payload sh -c 'ls / | grep -c number; cat /odd /long'
overlay_root "{lower: [$lower \"$odd\", \"$long\", \"$LAYER\"], upper: \"$WORK/upper\", work: \"$WORK/work\"}"
run_container
expect_status 0
expect_stdout $'120\nodd\nlong'
expect_no_leftovers
