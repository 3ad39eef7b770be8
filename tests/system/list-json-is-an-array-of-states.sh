#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle two
payload sleep 1000
create_container
new_bundle one
payload sleep 1000
start_container
for option in --format=json "--format json" "-f json"; do
  # shellcheck disable=SC2086  # words
  ocirt list $option
  expect_status 0
  jq -e --arg tag "$TAG" --arg pid "$(container_pid)" 'length == 2
    and (map(select(.id == $tag + "-one" and .status == "running" and (.pid | tostring) == $pid)) | length == 1)
    and (map(select(.id == $tag + "-two" and .status == "created")) | length == 1)
    and all(.[]; has("bundle") and has("created") and (.owner | length > 0))' <<<"$STDOUT" >/dev/null ||
    fail "the array is wrong"
done
