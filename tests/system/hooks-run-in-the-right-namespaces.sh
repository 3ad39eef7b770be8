#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
for kind in prestart createRuntime createContainer poststart poststop; do
  config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "for n in mnt uts net; do readlink /proc/self/ns/$n; done >\($file)"]}]' \
    --arg kind "$kind" --arg file "$WORK/$kind"
done
# shellcheck disable=SC2016
config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "for n in mnt uts net; do readlink /proc/self/ns/$n; done >/start"]}]'
start_container
pid=$(container_pid)
host=$(for n in mnt uts net; do readlink "/proc/self/ns/$n"; done)
inside=$(for n in mnt uts net; do readlink "/proc/$pid/ns/$n"; done)
ocirt delete --force "$ID"
for kind in prestart createRuntime poststart poststop; do expect_equal "$(cat "$WORK/$kind")" "$host" "namespaces of $kind"; done
expect_equal "$(cat "$WORK/createContainer")" "$inside" "namespaces of createContainer"
expect_equal "$(cat "$ROOTFS/start")" "$inside" "namespaces of startContainer"
