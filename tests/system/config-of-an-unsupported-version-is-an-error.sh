#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for version in 2.0.0 banana 0.9.0; do
  config '.ociVersion = $v' --arg v "$version"
  run_container
  if [ "$version" != 0.9.0 ]; then ocirt_only "runc takes any"; expect_failure; fi
done
expect_no_leftovers
