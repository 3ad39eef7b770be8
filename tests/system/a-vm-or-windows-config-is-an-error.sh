#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc ignores it"
new_bundle
config 'del(.linux, .process.capabilities) | .windows = {layerFolders: ["x"]}'
run_container
expect_error_contains /linux
expect_no_leftovers
