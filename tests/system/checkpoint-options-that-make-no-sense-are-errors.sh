#!/bin/bash
source "$(dirname "$0")/../lib.sh"
ocirt_only "the words of an error"

mkdir "$WORK/images"
new_bundle
refuses() {
  local words=$1
  shift
  ocirt "$@" "$ID"
  expect_status 1
  expect_error_contains "$words"
  expect_equal "$(ls "$WORK/images")" "" "files"
}
for verb in checkpoint "restore --bundle $BUNDLE"; do
  # shellcheck disable=SC2206  # two words
  call=($verb --image-path "$WORK/images")
  refuses 'soft, full, strict or ignore, not "loose"' "${call[@]}" --manage-cgroups-mode loose
  refuses 'iptables, nftables or skip, not "pf"' "${call[@]}" --network-lock pf
  refuses 'not relative to --image-path' "${call[@]}" --parent-path /before
  refuses '--lazy-pages is not supported' "${call[@]}" --lazy-pages
  refuses '--empty-ns is network' "${call[@]}" --empty-ns pid
done
refuses '--status-fd is not supported' checkpoint --image-path "$WORK/images" --status-fd 3
refuses 'ADDRESS:PORT' checkpoint --image-path "$WORK/images" --page-server 1234
refuses 'apparmor:NAME' restore --bundle "$BUNDLE" --image-path "$WORK/images" --lsm-profile name
refuses 'does not exist' checkpoint --image-path "$WORK/images"
# By these words podman knows that containers can be restored into pods.
ocirt restore --lsm-mount-context
expect_error_contains "requires an argument"
ocirt restore --bundle "$BUNDLE" --image-path "$WORK/images" "$ID"
expect_error_contains 'descriptors.json'
expect_error_contains '--image-path names a directory'
expect_no_leftovers
