#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "the option is crun's"
new_bundle
mkdir "$WORK/src"
ln -s ../over/there "$WORK/src/link"
echo data >"$WORK/src/file"
payload sh -c 'readlink /etc/localtime; cat /plain; grep -c " /etc/localtime " /proc/self/mountinfo'
add_mount /etc/localtime bind "$WORK/src/link" bind copy-symlink
add_mount /plain bind "$WORK/src/file" bind copy-symlink
run_container
expect_stdout $'../over/there\ndata\n0'
