#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Making a bind read-only by a remount that forgets the flags of the source would drop them.
need_root
ocirt_only "runc forgets the flags when root binds"
new_bundle
mkdir "$WORK/source"
mount -t tmpfs -o nosuid,nodev,noexec tmpfs "$WORK/source"
add_mount /data bind "$WORK/source" bind ro
payload sh -c 'grep " /data " /proc/self/mountinfo | cut -d" " -f6'
run_container
expect_status 0
for flag in ro nosuid nodev noexec; do
  case ,$STDOUT, in *,"$flag",*) ;; *) fail "the mount lacks $flag" ;; esac
done
