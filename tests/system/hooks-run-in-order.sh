#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'echo payload >>/order'
: >"$ROOTFS/order"
chmod 666 "$ROOTFS/order"
for kind in prestart createRuntime createContainer poststop; do
  config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "echo \($kind)1 >>\($file)"]},
    {path: "/bin/sh", args: ["sh", "-c", "echo \($kind)2 >>\($file)"]}]' --arg kind "$kind" --arg file "$ROOTFS/order"
done
config '.hooks.startContainer = [{path: "/bin/sh", args: ["sh", "-c", "echo startContainer1 >>/order"]}]'
create_container
expect_equal "$(xargs <"$ROOTFS/order")" \
  "prestart1 prestart2 createRuntime1 createRuntime2 createContainer1 createContainer2" "hooks of create"
ocirt start "$ID"
expect_status 0
wait_for_status stopped
expect_equal "$(grep -n 'startContainer1\|payload' "$ROOTFS/order" | cut -d: -f2 | xargs)" "startContainer1 payload" "before the payload"
ocirt delete "$ID"
expect_equal "$(tail -2 "$ROOTFS/order" | xargs)" "poststop1 poststop2" "hooks of delete"
