#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 takes others"
new_bundle
config '.hooks = {poststop: [{path: "relative"}], prestart: [{path: "/bin/true", timeout: 0}]}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains /hooks/poststop/0/path
expect_error_contains /hooks/prestart/0/timeout
expect_no_leftovers
