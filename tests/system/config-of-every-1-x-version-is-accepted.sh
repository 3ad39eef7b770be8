#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
for version in 1.0.0 1.0.2-dev 1.1.0 1.2.1 1.3.0 1.0.0-rc5-dev; do
  config '.ociVersion = $v' --arg v "$version"
  run_container
  expect_status 0
done
