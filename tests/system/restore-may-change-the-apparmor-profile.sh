#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu
need_command apparmor_parser
[ "$(cat /sys/module/apparmor/parameters/enabled 2>/dev/null)" = Y ] || skip "AppArmor is off"

for name in one two; do
  printf 'profile %s flags=(attach_disconnected,mediate_deleted) {\n  file,\n  capability,\n  signal,\n  network,\n}\n' \
    "$TAG-$name"
done | apparmor_parser --replace --skip-cache
label() { cat "/proc/$(container_pid)/attr/current"; }
new_bundle
counting_payload
config '.process.apparmorProfile = $name' --arg name "$TAG-one"
start_container
wait_until has_counted_to 3
expect_equal "$(label)" "$TAG-one (enforce)" "label at first"
checkpoint
expect_done
restore
expect_done
expect_counting 3
expect_equal "$(label)" "$TAG-one (enforce)" "label after restore"
rm -r "$WORK/images"
checkpoint
expect_done
restore --lsm-profile "apparmor:$TAG-two"
expect_done
expect_counting 3
expect_equal "$(label)" "$TAG-two (enforce)" "label after restore --lsm-profile"
ocirt delete --force "$ID"
printf 'profile %s {}\n' "$TAG-one" "$TAG-two" | apparmor_parser --remove
