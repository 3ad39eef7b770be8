#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
payload probe hold-lock /dev/shm/lock
is_locked() {
  [ -e "/proc/$(container_pid)/root/dev/shm/lock" ] && ! flock -n "/proc/$(container_pid)/root/dev/shm/lock" true
}
start_container
wait_until is_locked

checkpoint
expect_error_contains "--file-locks"
wait_for_status running
checkpoint --file-locks
expect_done
restore --file-locks
expect_done
is_locked || fail "the lock is lost"

# The same by CRIU's own configuration file, which the container's annotation names.
ocirt delete --force "$ID"
rm -r "$WORK/images"
echo file-locks >"$WORK/criu.conf"
config '.annotations["org.criu.config"] = $file' --arg file "$WORK/criu.conf"
start_container
wait_until is_locked
checkpoint
expect_done
restore
expect_done
is_locked || fail "the lock is lost"
