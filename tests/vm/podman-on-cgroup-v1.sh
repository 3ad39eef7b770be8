#!/bin/bash
# podman with either cgroup manager, where systemd keeps the controllers in cgroup v1.
# As: root
# Boot: hybrid legacy
for manager in systemd cgroupfs; do
  CGROUP_MANAGER=$manager bash "$(dirname "$0")/podman-on-cgroup-v1.bash"
done
