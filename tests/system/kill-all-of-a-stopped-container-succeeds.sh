#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
start_container
wait_for_status stopped
for option in --all -a; do
  ocirt kill "$option" "$ID" KILL
  expect_status 0
  expect_silence
done
