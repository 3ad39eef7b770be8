#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "others ignore it"
! grep -qsw rdma /proc/cgroups /sys/fs/cgroup/cgroup.controllers || skip "rdma is here"
new_bundle
config '.linux.resources.rdma = {mlx5_0: {hcaHandles: 3}}'
run_container
expect_error_contains "rdma controller"
expect_no_leftovers
config '.linux.resources.rdma = {mlx5_0: {}}'
run_container
expect_error_contains "/linux/resources/rdma/mlx5_0: must have hcaHandles or hcaObjects"
