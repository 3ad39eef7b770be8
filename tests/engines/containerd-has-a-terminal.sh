#!/bin/bash
# ctr run --tty: the payload has a terminal and reads what we type.
source "$(dirname "$0")/containerd.bash"
on_terminal --type 'tty; exit 3\n' --after '# '
ctr_run --rm --tty -- "$ID" sh
expect_status 3
expect_stdout_contains /dev/pts/0
