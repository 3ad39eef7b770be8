#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle holder
payload sleep 1000
start_container
pid=$(container_pid)
new_bundle joiner
payload sh -c 'for n in pid net ipc uts; do readlink /proc/self/ns/$n; done; hostname; echo $$'
config 'del(.hostname) | .linux.namespaces = [{type: "mount"}, {type: "pid", path: "/proc/\($p)/ns/pid"}, {type: "network", path: "/proc/\($p)/ns/net"},
  {type: "ipc", path: "/proc/\($p)/ns/ipc"}, {type: "uts", path: "/proc/\($p)/ns/uts"}]' --arg p "$pid"
run_container
expect_status 0
expect_equal "$(head -5 <<<"$STDOUT")" "$(for n in pid net ipc uts; do readlink "/proc/$pid/ns/$n"; done)
ocirt" namespaces
[ "$(tail -1 <<<"$STDOUT")" != 1 ] || fail "pid 1 in a joined pid namespace"
