#!/bin/bash
# docker exec -it: the process has a terminal and reads what we type.
source "$(dirname "$0")/docker.bash"
docker_start -- sleep 1000
on_terminal --type 'tty; echo "$((6 * 7))"; exit 5\n' --after '# '
docker exec --interactive --tty "$CID" sh
expect_status 5
expect_stdout_contains /dev/pts/0
expect_stdout_contains 42
