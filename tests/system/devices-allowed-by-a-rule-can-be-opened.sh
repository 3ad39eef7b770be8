#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Major numbers 240 to 254 belong to nobody: an open that the filter lets through ends with ENXIO.
need_root
new_bundle
config '.process.capabilities |= map_values(. + ["CAP_MKNOD"])
  | .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "c", major: 240, minor: 7, access: "rm"}]'
payload sh -c 'mknod /dev/c c 240 7 && echo made; cat </dev/c; (cat >/dev/c </dev/null); true'
run_container
expect_stdout made
expect_equal "$(grep -o 'No such device\|not permitted' <<<"$STDERR" | xargs)" "No such device not permitted" "read, write"
