#!/bin/bash
# docker understands our errors: 127 for what is not found, 126 for what may not be executed, 125 otherwise.
# Its client compares letter for letter.
source "$(dirname "$0")/docker.bash"
expect_words() {
  case $STDERR in *"OCI runtime $1 failed: $2"*) ;; *) fail "stderr lacks '$2'" ;; esac
}
docker_run --rm -- foo
expect_status 127
expect_words create 'exec: "foo": executable file not found in $PATH'
docker_run --rm -- /no/such
expect_status 127
expect_words create 'exec: "/no/such": no such file or directory'
docker_run --rm -- /etc
expect_status 126
expect_words create 'exec: "/etc": permission denied'
docker_run --rm --volume "$WORK:/etc/passwd" -- true
expect_status 125
expect_words create "mount \"$WORK\" on \"/etc/passwd\": the host path is a directory, the container path is not"
docker ps --all --quiet
expect_stdout ""
docker_start -- sleep 1000
docker exec "$CID" foo # which docker 20.10 itself calls 126
expect_status 126
expect_stdout_contains 'exec: "foo": executable file not found in $PATH'
docker exec "$CID" /etc
expect_status 126
expect_stdout_contains 'exec: "/etc": permission denied'
docker exec "$CID" true
expect_status 0
