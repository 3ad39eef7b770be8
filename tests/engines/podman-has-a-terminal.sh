#!/bin/bash
# podman run -it: the payload has a terminal of our size and reads what we type.
source "$(dirname "$0")/podman.bash"
on_terminal --size 33x77 --type 'tty; stty size; exit 3\n' --after '# '
pod_run --rm --interactive --tty -- sh
expect_status 3
expect_stdout_contains /dev/pts/0
expect_stdout_contains "33 77"
