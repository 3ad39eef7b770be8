#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# CRI-O and go-runc parse `created` as Go's time.Time, and decode the object into a struct that has other
# names too, which must not appear.
new_bundle
payload sleep 1000
create_container
ocirt state "$ID"
jq -e --arg rootfs "$(realpath "$ROOTFS")" '.rootfs == $rootfs and (.owner | type == "string")' <<<"$STDOUT" \
  >/dev/null || fail "rootfs or owner is wrong"
jq -r .created <<<"$STDOUT" |
  grep -qE '^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}(\.[0-9]{1,9})?(Z|[+-][0-9]{2}:[0-9]{2})$' ||
  fail "created is not RFC 3339"
jq -e '[.started, .finished, .exitCode, .oomKilled, .seccompKilled, .error, .initPid, .initStartTime,
  .checkpointedTime, .containerMonitorProcess] | all(. == null)' <<<"$STDOUT" >/dev/null ||
  fail "a name that CRI-O would misread"
