#!/bin/bash
# ExecSync: output and status; what can't run is told.
source "$(dirname "$0")/cri.bash"
run_pod
create_container_in_pod '{"command": ["sleep", "1000"], "envs": [{"key": "GREETING", "value": "hello"}]}'
start_container_in_pod
expect_status 0
exec_in_container sh -c 'echo "$GREETING $(cat /proc/1/comm)"; exit 9'
expect_status 9
expect_stdout "hello sleep"
cri ExecSync "{\"container_id\": \"$CID\", \"cmd\": [\"foo\"], \"timeout\": 20}"
expect_error_contains 'exec: "foo": executable file not found in $PATH'
