#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

# Each end keeps a word of what it sees when the connection ends. The network is kept quiet by nftables.
new_bundle
payload sh -c 'sleep 100000 | nc -l -p 4711 >/dev/shm/received & sleep 0.5
  { i=0; while :; do i=$((i + 1)); echo $i; sleep 0.05; done | nc 127.0.0.1 4711; echo over >/dev/shm/over; } & wait; sleep 1000'
reads() { "$OCIRT" --root "$STATE_ROOT" exec "$ID" cat "/dev/shm/$1"; }
has_received() { [ "$(reads received | tail -n 1)" -ge 3 ]; }
has_ended() { [ "$(reads over)" = over ]; }
start_container
wait_until has_received
checkpoint --tcp-established --network-lock nftables
expect_done
restore --tcp-close --network-lock nftables
expect_done
wait_until has_ended
wait_for_status running
