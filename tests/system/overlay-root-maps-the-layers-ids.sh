#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"

# Layers of root's store in a container with ids of its own: nothing is chowned, and new files have the ids that
# the container says.
need_root
ocirt_only "an annotation of ours"
new_bundle
layered_root
chown -R 0:0 "$LAYER"
mkdir "$WORK/top"
payload sh -c 'stat -c "%u %g" /etc/passwd; echo x >/file; chown 5:6 /file; stat -c "%u %g" /file; cat /proc/self/uid_map | tr -s " "'
config '.process.capabilities |= with_entries(.value += ["CAP_CHOWN"])'
overlay_root "{lower: [\"$WORK/top\", \"$LAYER\"], upper: \"$WORK/upper\", work: \"$WORK/work\", idmap: true}"
config '.linux.namespaces |= (map(select(.type != "user")) + [{type: "user"}])
  | .linux.uidMappings = [{containerID: 0, hostID: 300000, size: 1000}] | .linux.gidMappings = .linux.uidMappings'
run_container
if [[ $STDERR == *"can't map ids"* ]]; then skip "the file system of $WORK can't map ids"; fi
expect_status 0
expect_stdout $'0 0\n5 6\n 0 300000 1000'
expect_equal "$(stat -c '%u %g' "$WORK/upper/file")" "5 6" "the file's owner on the disk"
expect_no_leftovers
