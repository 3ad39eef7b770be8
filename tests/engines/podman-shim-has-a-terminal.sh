#!/bin/bash
# Under our monitor, run -it and exec -it have a terminal of our size, and one can detach and attach.
source "$(dirname "$0")/podman-shim.bash"
on_terminal --size 33x77 --type 'tty; stty size; exit 3\n' --after '# '
pod_run --rm --interactive --tty -- sh
expect_status 3
expect_stdout_contains /dev/pts/0
expect_stdout_contains "33 77"

PREFIX=()
pod_start --name term -it -- sh
on_terminal --size 20x60 --type 'stty size; exit 4\n' --after '# '
pod exec -it term sh
expect_status 4
expect_stdout_contains "20 60"

# A program that was started detached takes what we type when we attach.
PREFIX=()
pod_start --name later -it -- sh -c 'while :; do echo tick; read -t 1 x && { echo "got $x"; exit 5; }; done'
on_terminal --size 20x60 --type 'word\n' --after tick
pod attach later
expect_stdout_contains "got word"
PREFIX=()
pod wait later
expect_stdout 5
