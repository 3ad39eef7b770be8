#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sleep 1000
start_container
ocirt exec --env A=1 --env B="two words" --env=C= "$ID" sh -c 'echo "$A,$B,${C-unset},$TERM"'
expect_stdout "1,two words,,xterm"
