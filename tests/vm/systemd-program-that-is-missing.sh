#!/bin/bash
# Without ocirt-systemd beside it, ocirt says what is missing.
# As: root
source "$(dirname "$0")/systemd.bash"
systemd_bundle
payload true
programs=$(dirname "$OCIRT")
cp "$OCIRT" "$WORK/runtime"
OCIRT=$WORK/runtime
run_container
expect_error_contains "there is no program ocirt-systemd beside ocirt"
# By a link, it is looked for beside the file itself; by PATH, where that leads.
cp "$programs/ocirt-systemd" "$WORK/"
mkdir "$WORK/bin"
ln -s "$WORK/runtime" "$WORK/bin/linked"
OCIRT=$WORK/bin/linked
run_container
expect_status 0
PATH=$WORK/bin:$PATH
OCIRT=linked
run_container
expect_status 0
