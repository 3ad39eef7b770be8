#!/bin/bash
source "$(dirname "$0")/../lib.sh"
need_root
ocirt_only "runc has no such verb, crun 1.22 has"

new_bundle
payload sleep 1000
start_container
before=$(cat "/proc/$(container_pid)/mountinfo")
refuses() {
  printf '%s' "$2" >"$WORK/mounts.json"
  ocirt mounts "${3:-add}" "$ID" "$WORK/mounts.json"
  expect_status 1
  expect_error_contains "$1"
}
refuses "holds no list of mounts" '"words"'
refuses "holds no list of mounts" '{"mounts": 1}'
refuses "holds no list of mounts" '[{'
refuses "/mounts/0/destination" '[{"source": "/tmp"}]'
refuses "/mounts/0/options" '[{"destination": "/x", "options": "bind"}]'
refuses "no such file" '[{"destination": "/x", "type": "bind", "source": "/no/such"}]'
refuses "type can't be added" '[{"destination": "/x", "type": "cgroup", "source": "cgroup"}]'
refuses "type can't be added" '[{"destination": "/proc", "type": "proc", "source": "proc"}]'
refuses "nothing can be changed" '[{"destination": "/proc", "options": ["remount", "rw"]}]'
refuses "inside /proc" '[{"destination": "/proc/sys", "type": "bind", "source": "/tmp"}]'
refuses "add or remove" '[]' replace
ocirt mounts add "$ID" "$WORK/missing.json"
expect_error_contains "missing.json"
ocirt mounts add "$ID-other" "$WORK/mounts.json"
expect_error_contains "does not exist"
expect_equal "$(cat "/proc/$(container_pid)/mountinfo")" "$before" "mounts"

ocirt kill "$ID" KILL
wait_for_status stopped
ocirt mounts add "$ID" "$WORK/mounts.json"
expect_error_contains "stopped"
