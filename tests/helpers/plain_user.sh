# shellcheck shell=bash
# shellcheck disable=SC2034  # lib.sh and tests read these
# Calls the runtime as a plain user. Sourced by lib.sh.

TEST_UID=4242
TEST_USER=ocirttest
FIRST_SUBID=300000

# Runs a command as a plain user with subordinate ids. As root we make up a user: the files that name it
# exist in a mount namespace of this command alone, so that the host's own stay as they are.
as_user() {
  if [ "$(id -u)" != 0 ]; then
    "$@"
    return
  fi
  # shellcheck disable=SC2016  # expanded by the inner shell
  unshare --mount --propagation slave sh -c '
    for name in passwd group subuid subgid; do mount --bind "$0/$name" "/etc/$name"; done
    uid=$1; shift
    exec setpriv --reuid "$uid" --regid "$uid" --clear-groups \
      env -i PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin HOME="$0/home" XDG_RUNTIME_DIR="$0/xdg" "$@"' \
    "$USER_FILES" "$TEST_UID" "$@"
}

make_user_files() {
  mkdir -p "$USER_FILES"/{home,xdg}
  chmod 700 "$USER_FILES/xdg"
  { cat /etc/passwd; echo "$TEST_USER:x:$TEST_UID:$TEST_UID::$USER_FILES/home:/bin/sh"; } >"$USER_FILES/passwd"
  { cat /etc/group; echo "$TEST_USER:x:$TEST_UID:"; } >"$USER_FILES/group"
  # A host without subordinate ids may lack these files; the bind needs something to cover.
  for name in subuid subgid; do
    [ -e "/etc/$name" ] || skip "no /etc/$name (package uidmap)"
    [ "${1-}" = without-subids ] && : >"$USER_FILES/$name" || echo "$TEST_USER:$FIRST_SUBID:65536" >"$USER_FILES/$name"
  done
}

# From here on the runtime is called by a plain user, who owns the bundle. Says how the ids are mapped:
# become_user subids | single.
become_user() {
  if [ "$(id -u)" = 0 ]; then
    USER_FILES=$WORK/user
    make_user_files "$([ "$1" = subids ] || echo without-subids)"
    cp "$OCIRT" "$WORK/runtime" && OCIRT=$WORK/runtime # the checkout may lie below a closed directory
    chown -Rh "$TEST_UID:$TEST_UID" "$WORK"
    RUN_AS=(as_user)
  else
    TEST_UID=$(id -u)
    FIRST_SUBID=$(own_first_subid)
    [ "$1" = single ] || [ -n "$FIRST_SUBID" ] || skip "$(id -un) has no subordinate ids"
  fi
  map_ids "$1"
}

# What every bundle needs where we are a plain user already.
become_ourselves() {
  TEST_UID=$(id -u)
  FIRST_SUBID=$(own_first_subid)
  map_ids "$([ -n "$FIRST_SUBID" ] && echo subids || echo single)"
}

own_first_subid() {
  awk -F: -v name="$(id -un)" '$1 == name { print $2; exit }' /etc/subuid 2>/dev/null || true
}

map_ids() {
  config '.linux.namespaces |= (map(select(.type != "user")) + [{type: "user"}]) | del(.linux.resources)
    | .linux.uidMappings = [{containerID: 0, hostID: $uid, size: 1}]
    | .linux.gidMappings = .linux.uidMappings' --argjson uid "$TEST_UID"
  [ "$1" = single ] || config '.linux.uidMappings += [{containerID: 1, hostID: $first, size: 65536}]
    | .linux.gidMappings = .linux.uidMappings' --argjson first "$FIRST_SUBID"
}
