#!/bin/bash
# Without a pid namespace processes outlive the payload; delete ends them and removes the cgroup.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
without_namespace pid
# A plain user can mount a new procfs only in a pid namespace of its own.
config '(.mounts[] | select(.destination == "/proc")) |= {destination: "/proc", type: "none", source: "/proc",
  options: ["rbind"]}'
payload sh -c 'sleep 1000 & exit 0'
start_container
wait_for_status stopped
[ -n "$(cat "$CGROUP/cgroup.procs")" ] || fail "nothing was left: the test shows nothing"
ocirt delete --force "$ID"
expect_status 0
[ ! -e "$CGROUP" ] || fail "the cgroup is still there"
