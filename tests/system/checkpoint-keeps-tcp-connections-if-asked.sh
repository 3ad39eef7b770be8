#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
payload sh -c 'sleep 100000 | nc -l -p 4711 >/dev/shm/received & sleep 0.5
  i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done | nc 127.0.0.1 4711'
has_received() {
  [ "$("$OCIRT" --root "$STATE_ROOT" exec "$ID" tail -n 1 /dev/shm/received)" -ge "$1" ]
}
start_container
wait_until has_received 3

checkpoint
expect_error_contains "TCP"
expect_error_contains "hint:"
expect_error_contains "--tcp-established"
expect_error_contains "$WORK/images/dump.log"
wait_for_status running
seen=$("$OCIRT" --root "$STATE_ROOT" exec "$ID" tail -n 1 /dev/shm/received)
wait_until has_received $((seen + 2))

checkpoint --tcp-established
expect_done
restore --tcp-established
expect_done
wait_until has_received $((seen + 10))
