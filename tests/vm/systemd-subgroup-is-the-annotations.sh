#!/bin/bash
# run.oci.systemd.subgroup names the container's cgroup below the scope; empty: none.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
payload sleep 1000
for subgroup in payload ""; do
  config '.annotations["run.oci.systemd.subgroup"] = $name' --arg name "$subgroup"
  start_container
  expect_equal "$(sed 's,^0::,/sys/fs/cgroup,' "/proc/$(container_pid)/cgroup")" \
    "$SCOPE${subgroup:+/$subgroup}" "cgroup"
  ocirt delete --force "$ID"
  expect_status 0
  expect_no_unit
done
