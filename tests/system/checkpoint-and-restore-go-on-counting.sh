#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
counting_payload
start_container
wait_until has_counted_to 5
checkpoint
expect_done
expect_silence
expect_no_leftovers
expect_equal "$(stat -c %a "$WORK/images")" 700 "mode of the images' directory"
expect_equal "$(find "$WORK/images" -type f -perm /077)" "" "images that others may read"

restore --pid-file "$WORK/pid"
expect_done
expect_silence
expect_equal "$(cat "$WORK/pid")" "$(container_pid)" "pid file"
wait_for_status running
expect_equal "$(stat -c %a "$WORK/images/restore.log")" 600 "mode of the log"
expect_counting 5
ocirt exec "$ID" hostname
expect_stdout ocirt
# It is where a new container would be: what is limited there, is limited.
expect_equal "$(grep -vc "$TAG" "/proc/$(container_pid)/cgroup" || true)" 0 "other cgroups"

ocirt pause "$ID"
expect_status 0
ocirt resume "$ID"
expect_status 0
ocirt kill "$ID" KILL
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_no_leftovers
