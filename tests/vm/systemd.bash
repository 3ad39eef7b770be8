# shellcheck shell=bash
# For tests of cgroups that systemd makes, on top of lib.bash: as root in machine.slice, as a plain user in
# the user.slice of their session.
#
#   systemd_bundle               the container's unit is $UNIT, its cgroup $SCOPE/container
#   show PROPERTY                what systemd says of the unit
source "$(dirname "${BASH_SOURCE[0]}")/lib.bash"
# shellcheck disable=SC2034  # for lib.sh
GLOBALS=(--systemd-cgroup)

systemd_bundle() {
  local slice=machine.slice
  new_bundle
  SYSTEMCTL=(systemctl)
  SCOPE=/sys/fs/cgroup
  if [ "$(id -u)" != 0 ]; then
    rootless_config
    SYSTEMCTL=(systemctl --user)
    slice=user.slice
    SCOPE+=/user.slice/user-$(id -u).slice/user@$(id -u).service
  fi
  UNIT=test-$TAG.scope
  SCOPE+=/$slice/$UNIT
  # shellcheck disable=SC2034  # for the test
  CGROUP=$SCOPE/container
  config '.linux.cgroupsPath = $path' --arg path "$slice:test:$TAG"
}

show() {
  "${SYSTEMCTL[@]}" show "$UNIT" --property "$1" --value
}

# Neither systemd nor the kernel know of it any more.
expect_no_unit() {
  [ ! -e "$SCOPE" ] || fail "the cgroup is still there"
  expect_equal "$("${SYSTEMCTL[@]}" list-units --all --no-legend "$UNIT")" "" "the unit"
}
