#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc refuses two forms of one option"
new_bundle
payload sleep 1000
start_container
ocirt exec --env A=1 -e B=2 --env=C=3 "$ID" sh -c 'echo $A$B$C'
expect_stdout 123
