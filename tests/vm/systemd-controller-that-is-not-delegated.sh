#!/bin/bash
# A limit of a controller that the user's manager doesn't get: what, where it stops, and the cure.
# As: dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
limit hugepageLimits '[{pageSize: "2MB", limit: 0}]'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains "the hugetlb controller is not delegated to you"
expect_error_contains "stopped at /user.slice"
expect_error_contains "Delegate="
expect_no_unit
# `su` without `-`: the session is somebody else's.
limit hugepageLimits '[]'
unset DBUS_SESSION_BUS_ADDRESS
XDG_RUNTIME_DIR=/run/user/0 ocirt create --bundle "$BUNDLE" "$ID"
[ "$STATUS" = 0 ] || fail "the user's own bus at its usual place is not found"
ocirt delete --force "$ID"
