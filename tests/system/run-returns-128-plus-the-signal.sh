#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
without_namespace pid # the first process of a pid namespace can't kill itself
for signal in 9 15 10; do
  payload sh -c "kill -$signal \$\$"
  run_container
  expect_status $((128 + signal))
done
