#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
debian_rootfs
payload bash -c 'stty size; tty; echo ready; read line; echo "<$line>"'
config '.process.terminal = true'
STDOUT=$(python3 "$TESTS/helpers/on_pty.py" --size 31x41 --type 'typed\n' --after ready "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID")
expect_stdout_contains "31 41"
expect_stdout_contains "<typed>"
