#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Slurm builds ids such as node1.alice.12.0.3.
new_bundle
for id in "node1.alice.12.0.3-$TAG" "a_b+c-d-$TAG" "0$TAG" "$TAG$(printf 'x%.0s' {1..64})"; do
  ID=$id
  payload echo "$id"
  run_container
  expect_status 0
  expect_stdout "$id"
done
