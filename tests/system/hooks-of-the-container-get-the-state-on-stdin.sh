#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.hooks = {createContainer: [{path: "/bin/sh", args: ["sh", "-c", "cat >\($file)"]}],
  startContainer: [{path: "/bin/sh", args: ["sh", "-c", "cat >/start.json"]}]}' --arg file "$WORK/create.json"
start_container
wait_until test -s "$ROOTFS/start.json"
for file in "$WORK/create.json" "$ROOTFS/start.json"; do
  jq -e --arg id "$ID" '.id == $id and (.status | test("^(creating|created)$"))' "$file" >/dev/null || fail "$file: $(cat "$file")"
done
