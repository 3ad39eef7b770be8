#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# One option at a time, on a tmpfs; what /proc/self/mountinfo then says of it.
new_bundle
payload sh -c 'grep " /m " /proc/self/mountinfo | cut -d" " -f6'
base=$(jq -c .mounts "$CONFIG")
for option in ro:ro rw:rw nosuid:nosuid nodev:nodev noexec:noexec noatime:noatime nodiratime:nodiratime relatime:relatime \
  strictatime:rw suid:rw dev:rw exec:rw; do
  config '.mounts = $base' --argjson base "$base"
  add_mount /m tmpfs tmpfs "${option%:*}"
  run_container
  expect_status 0
  case ,$STDOUT, in *,"${option#*:}",*) ;; *) fail "option ${option%:*} gives $STDOUT" ;; esac
done
