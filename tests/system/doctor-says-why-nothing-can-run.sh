#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# What forbids user namespaces is a sysctl of the user namespace above, so a test can set it.
need_root
ocirt_only "no other runtime has a doctor"
new_bundle
chmod 777 "$WORK"
config '.linux.namespaces += [{type: "user"}] | .linux.uidMappings = [{containerID: 0, hostID: 0, size: 1}]
  | .linux.gidMappings = .linux.uidMappings | del(.linux.resources)'
# shellcheck disable=SC2016  # expanded by the inner shell
forbidden() {
  keep_output_of unshare --user --map-root-user --mount sh -c 'echo 0 >/proc/sys/user/max_user_namespaces
    exec setpriv --bounding-set -sys_admin --inh-caps -sys_admin "$@"' sh "$OCIRT" --root "$WORK/other" "$@"
}
forbidden doctor
expect_status 1
expect_stdout_contains "No container can run here."
expect_stdout_contains "    no  container   make a user namespace"
expect_stdout_contains "cure: user namespaces are switched off (user.max_user_namespaces=0): as root, sysctl -w"
forbidden doctor --format json
expect_status 1
jq -e '.canRun == false' <<<"$STDOUT" >/dev/null || fail "it says that a container can run"

# And create says the same.
forbidden run --bundle "$BUNDLE" "$ID"
expect_error_contains "make a user namespace"
expect_error_contains "hint: user namespaces are switched off (user.max_user_namespaces=0)"

keep_output_of "$OCIRT" --root /etc/passwd/state doctor
expect_status 1
expect_stdout_contains "/etc/passwd/state: /etc/passwd is no directory"
