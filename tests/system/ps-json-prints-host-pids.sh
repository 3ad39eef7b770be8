#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'sleep 1000 & sleep 1000 & touch /ready; wait'
start_container
wait_until test -e "$ROOTFS/ready"
pid=$(container_pid)
wait_until sh -c "[ \$(cat /proc/$pid/task/$pid/children | wc -w) = 2 ]"
for option in "--format json" -fjson "-f json" --format=json; do
  [ "$option" = -fjson ] && continue # a cluster: not every runtime takes it
  # shellcheck disable=SC2086  # words
  ocirt ps $option "$ID"
  expect_status 0
  expect_equal "$(jq -c sort <<<"$STDOUT")" \
    "$(jq -nc --args '$ARGS.positional | map(tonumber) | sort' -- "$pid" $(cat "/proc/$pid/task/$pid/children"))" pids
done
