#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc gives no line"
new_bundle
printf '{\n  "ociVersion": "1.0.2",\n  "process": oops\n}\n' >"$CONFIG"
run_container
expect_error_contains config.json
expect_error_matches '(line |:)3'
