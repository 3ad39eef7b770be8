#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Who has rights only in the container's user namespace makes the time namespace there.
ocirt_only "runc 1.1 does not know it"
new_bundle
payload sh -c 'cut -d. -f1 /proc/uptime; cat /proc/self/timens_offsets | tr -s " "; readlink /proc/self/ns/time'
config '.linux.namespaces += [{type: "time"}] | .linux.timeOffsets = {monotonic: {secs: 1000000}, boottime: {secs: 5000000, nanosecs: 3}}'
check() {
  run_container
  expect_status 0
  [ "$(head -1 <<<"$STDOUT")" -ge 5000000 ] || fail "uptime does not have the offset"
  expect_stdout_contains "boottime 5000000 3"
  [ "$(tail -1 <<<"$STDOUT")" != "$(readlink /proc/self/ns/time)" ] || fail "it is the host's namespace"
}

# Root of the host, in a container with other ids.
if [ "$(id -u)" = 0 ]; then
  config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 300000, size: 65536}]
    | .linux.gidMappings = .linux.uidMappings'
  chown -Rh 300000:300000 "$ROOTFS"
  check
fi

become_user subids
check
payload sleep 1000
start_container
ocirt exec "$ID" cut -d. -f1 /proc/uptime
[ "$STDOUT" -ge 5000000 ] || fail "exec is in another time"
