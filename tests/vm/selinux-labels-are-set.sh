#!/bin/bash
# Labels of SELinux: of the payload, of what exec adds, of the container's file systems.
# As: root
# Boot: selinux
source "$(dirname "$0")/lib.bash"
[ -e /sys/fs/selinux/enforce ] || skip "SELinux is off"
# Debian's package leaves modules out of the policy that it doesn't find use for, the one of containers among them.
knows() { printf %s "$1" 2>/dev/null >/sys/fs/selinux/context; }
LABEL=system_u:system_r:container_t:s0:c1,c2
FILES=system_u:object_r:container_file_t:s0:c1,c2
if ! knows "$FILES"; then
  LABEL=system_u:system_r:initrc_t:s0:c1,c2
  FILES=system_u:object_r:tmp_t:s0:c1,c2
fi
knows "$LABEL" || fail "the policy has no $LABEL"
new_bundle
config '.process.selinuxLabel = $text | .linux.mountLabel = $files' --arg text "$LABEL" --arg files "$FILES"
add_mount /data tmpfs tmpfs nosuid
payload sleep 1000
start_container
wait_for_program sleep
expect_equal "$(tr -d '\0' <"/proc/$(container_pid)/attr/current")" "$LABEL" "label of the payload"
label_of() { python3 -c 'import os, sys; print(os.getxattr(sys.argv[1], "security.selinux").decode().rstrip("\0"))' "$1"; }
expect_equal "$(label_of "/proc/$(container_pid)/root/data")" "$FILES" "label of a tmpfs"
expect_equal "$(label_of "/proc/$(container_pid)/root/dev/shm")" "$FILES" "label of /dev/shm"
ocirt exec --process-label "${LABEL%c1,c2}c3,c4" "$ID" cat /proc/self/attr/current
expect_status 0
expect_equal "$(tr -d '\0' <<<"$STDOUT")" "${LABEL%c1,c2}c3,c4" "label of exec"
ocirt exec "$ID" cat /proc/self/attr/current
expect_equal "$(tr -d '\0' <<<"$STDOUT")" "$LABEL" "label of exec"
ocirt delete --force "$ID"
config '.process.selinuxLabel = "nobody:knows:this:s0"'
run_container
expect_error_contains "nobody:knows:this:s0"
expect_no_leftovers
