#!/bin/bash
# podman and docker load a profile of their own for each container, and ocirt puts the payload under it.
# As: root
source "$(dirname "$0")/podman.bash"
[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || { echo "AppArmor is off"; exit 77; }
case $(pod_run --rm -- cat /proc/self/attr/current) in
  containers-default*enforce*) ;;
  *) fail "podman's profile is not enforced" ;;
esac
expect "$(pod_run --rm --security-opt apparmor=unconfined -- cat /proc/self/attr/current)" unconfined
