#!/bin/bash
# StopContainer sends SIGTERM, and SIGKILL when time is over.
source "$(dirname "$0")/cri.bash"
run_pod
logged() { grep -qs " $1\$" "$WORK/logs/c$CONTAINERS.log"; }
run_container_in_pod sh -c 'trap "exit 7" TERM; echo ready; while :; do sleep 0.05; done'
wait_until logged ready
cri StopContainer "{\"container_id\": \"$CID\", \"timeout\": 30}"
expect_status 0
wait_until has_state "CONTAINER_EXITED 7"
run_container_in_pod sh -c 'trap "" TERM; echo ready; while :; do sleep 0.05; done'
wait_until logged ready
cri StopContainer "{\"container_id\": \"$CID\", \"timeout\": 1}"
expect_status 0
wait_until has_state "CONTAINER_EXITED 137"
