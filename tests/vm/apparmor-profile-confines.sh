#!/bin/bash
# A profile of AppArmor that the host has loaded binds the payload and what exec adds; one that isn't loaded is an
# error that names it.
# As: root
source "$(dirname "$0")/lib.bash"
need_command apparmor_parser
[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || skip "AppArmor is off"
load_profile() {
  printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n  file,\n  capability,\n  signal,\n  %s\n}\n' \
    "$1" "$2" | apparmor_parser --replace --skip-cache
}
PROFILE=$TAG-closed
load_profile "$PROFILE" 'deny /secret r,'
load_profile "$TAG-open" ''
new_bundle
echo told >"$ROOTFS/secret"
config '.process.apparmorProfile = $name' --arg name "$PROFILE"
payload sh -c 'cat /proc/self/attr/current /secret'
run_container
expect_failure
expect_stdout "$PROFILE (enforce)"
expect_error_contains "can't open '/secret': Permission denied"

payload sleep 1000
start_container
expect_equal "$(cat "/proc/$(container_pid)/attr/current")" "$PROFILE (enforce)" "label of the payload"
ocirt exec "$ID" cat /secret
expect_error_contains "Permission denied"
ocirt exec --apparmor "$TAG-open" "$ID" cat /secret
expect_status 0
expect_stdout told
ocirt exec --apparmor "$TAG-missing" "$ID" true
expect_error_contains "$TAG-missing"
expect_error_contains "not loaded"
expect_error_contains "apparmor_parser"
ocirt delete --force "$ID"
config '.process.apparmorProfile = "no-such-profile"'
run_container
expect_error_contains "no-such-profile"
expect_error_contains "apparmor_parser"
expect_no_leftovers
printf 'profile %s {}\n' "$PROFILE" "$TAG-open" | apparmor_parser --remove
