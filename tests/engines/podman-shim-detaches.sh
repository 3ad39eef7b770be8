#!/bin/bash
# Under our monitor one can detach by keys that come byte by byte, and attach again to the same program.
source "$(dirname "$0")/podman-shim.bash"
PREFIX=(python3 "$TESTS/helpers/on_pty.py" --size 20x60 --type '\x10' --after tick --type '\x11' --after '')
pod_run --name keys --interactive --tty -- sh -c 'while :; do echo tick; read -t 1 x && { echo "got $x"; exit 6; }; done'
PREFIX=()
expect_equal "$(inspected '{{.State.Status}}' keys)" running "status after detaching"
on_terminal --size 20x60 --type 'w' --after tick --type 'ord\n' --after w
pod attach keys
# podman 4.3 lets the first of two keys through when they come one by one, whoever is the monitor: ^P, here.
expect_stdout_contains $'got \x10word'
PREFIX=()
pod wait keys
expect_stdout 6
