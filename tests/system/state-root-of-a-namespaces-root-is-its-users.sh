#!/bin/bash
# Root of a plain user's namespace, which podman is, can't write into the host's /run.
source "$(dirname "$0")/../lib.sh"
need_root
new_bundle
become_user single
config '.linux.namespaces |= map(select(.type != "user")) | del(.linux.uidMappings, .linux.gidMappings)
  | .mounts |= map(select(.type != "sysfs" and .type != "mqueue"))'
payload sh -c 'exit 7'
STATUS=0
as_user unshare --user --map-root-user sh -c '
  "$0" create --bundle "$1" "$2" && [ -d "$XDG_RUNTIME_DIR/ocirt/$2" ] && "$0" delete --force "$2"' \
  "$OCIRT" "$BUNDLE" "$ID" || STATUS=$?
expect_status 0
