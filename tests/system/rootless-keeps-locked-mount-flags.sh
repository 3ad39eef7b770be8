#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# In a user namespace a bind's nosuid, nodev and noexec are locked: a remount must repeat them.
need_root
ocirt_only "runc 1.1 fails"
new_bundle
payload sh -c 'grep " /data " /proc/self/mountinfo | cut -d" " -f6'
mkdir "$WORK/source"
mount -t tmpfs -o nosuid,nodev,noexec,mode=755 tmpfs "$WORK/source"
add_mount /data bind "$WORK/source" bind ro
become_user subids
run_container
expect_status 0
for flag in ro nosuid nodev noexec; do
  case ,$STDOUT, in *,"$flag",*) ;; *) fail "the mount lacks $flag: $STDOUT" ;; esac
done
