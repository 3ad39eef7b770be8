#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
config '.hooks = {createRuntime: [{path: "/no/such/hook"}]}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains /no/such/hook
expect_no_leftovers
