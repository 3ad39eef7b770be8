# shellcheck shell=bash
# What the tests of this folder share, on top of tests/lib.sh.
#
#   source "$(dirname "$0")/lib.bash"
#   new_bundle
#   own_cgroup                  the container's cgroup is $CGROUP, below what is ours to use
#   limit memory '{limit: 33554432}'
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"

# The bundle's container gets a cgroup of its own; a plain user's lies below the user manager.
own_cgroup() {
  local path=/$TAG-cgroup
  if [ "$(id -u)" != 0 ]; then
    path=/user.slice/user-$(id -u).slice/user@$(id -u).service$path
    rootless_config
  fi
  # shellcheck disable=SC2034  # for the test
  CGROUP=/sys/fs/cgroup$path
  config '.linux.cgroupsPath = $path' --arg path "$path"
}

# A user namespace with our subordinate ids.
rootless_config() {
  local first
  first=$(awk -F: -v user="$(id -un)" '$1 == user { print $2 }' /etc/subuid)
  config '.linux.namespaces |= (map(select(.type != "user")) + [{type: "user"}])
    | .linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}, {containerID: 1, hostID: $first, size: 65536}]
    | .linux.gidMappings = .linux.uidMappings' --argjson uid "$(id -u)" --argjson first "$first"
}

# limit KIND JSON sets linux.resources.KIND (jq's syntax).
limit() {
  config ".linux.resources.$1 = $2"
}

# expect_file FILE WORDS: the file of the container's cgroup says exactly that.
expect_file() {
  expect_equal "$(cat "$CGROUP/$1")" "$2" "$1"
}
