#!/bin/bash
# A container that was made without limits gets a fifth of a processor, and uses no more.
# As: root dev
source "$(dirname "$0")/lib.bash"
new_bundle
own_cgroup
payload sh -c 'while :; do :; done'
start_container
wait_for_program sh
used() { # microseconds of processor time in about 3 s
  local before after
  before=$(awk '$1 == "usage_usec" { print $2 }' "$CGROUP/cpu.stat")
  sleep 3
  after=$(awk '$1 == "usage_usec" { print $2 }' "$CGROUP/cpu.stat")
  echo $((after - before))
}
free=$(used)
ocirt update --cpu-quota 20000 --cpu-period 100000 "$ID"
expect_status 0
expect_file cpu.max "20000 100000"
limited=$(used)
[ "$limited" -lt 1000000 ] || fail "used $limited us in 3 s with 20 % (before: $free us)"
[ "$free" -gt $((limited * 2)) ] || fail "used $free us before and $limited us after"
ocirt events --stats "$ID"
expect_status 0
jq -e '.data.cpu.throttling | .throttledPeriods > 5 and .throttledTime > 100000000' <<<"$STDOUT" >/dev/null ||
  fail "not throttled"
# The rest is as it was, and only the period changes when only that is given.
ocirt update --cpu-period 50000 "$ID"
expect_status 0
expect_file cpu.max "20000 50000"
