#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
mkdir -p "$ROOTFS/fixed/sub"
payload sh -c 'touch /fixed/x 2>/dev/null && echo written; touch /fixed/sub/x 2>/dev/null && echo written
  echo 1 2>/dev/null >/proc/sys/kernel/domainname && echo written; ls /fixed'
config '.linux.readonlyPaths += ["/fixed", "/no/such/path"]'
run_container
expect_stdout sub
