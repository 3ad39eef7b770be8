#!/bin/bash
# docker run -it: the payload has a terminal of our size, which follows ours, and reads what we type.
source "$(dirname "$0")/docker.bash"
on_terminal --size 33x77 --type 'tty; stty size; exec sh\n' --after '# ' \
  --resize 44x99 --after '33 77' --type 'until stty size | grep "44 99"; do :; done; exit 3\n' --after '# '
docker_run --rm --interactive --tty -- sh
expect_status 3
expect_stdout_contains /dev/pts/0
expect_stdout_contains "33 77"
expect_stdout_contains "44 99"
