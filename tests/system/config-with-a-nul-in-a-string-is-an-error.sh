#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc takes some"
new_bundle
for path in '.process.args[0]' '.process.cwd' '.process.env[0]' '.mounts[0].destination' '.root.path' '.hostname'; do
  cp "$TESTS/helpers/config.json" "$CONFIG"
  config "$path = \"a\\u0000b\""
  run_container
  expect_failure
  expect_no_leftovers
done
