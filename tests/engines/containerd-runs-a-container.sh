#!/bin/bash
# ctr run --rm passes on output and status.
source "$(dirname "$0")/containerd.bash"
ctr_run --rm -- "$ID" sh -c 'echo $$; echo complaint >&2; exit 5'
expect_status 5
expect_stdout 1
case $STDERR in *complaint*) ;; *) fail "no stderr" ;; esac
client container ls --quiet
expect_stdout ""
