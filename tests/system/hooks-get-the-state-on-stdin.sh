#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sleep 1000
config '.annotations = {"a.key": "value"}'
for kind in prestart createRuntime poststop; do
  config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "cat >\($file)"]}]' --arg kind "$kind" --arg file "$WORK/$kind.json"
done
start_container
pid=$(container_pid)
ocirt kill "$ID" KILL
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
check() {
  jq -e --arg id "$ID" --arg bundle "$BUNDLE" --arg pid "$pid" --arg status "$2" '.id == $id and .bundle == $bundle
    and (.ociVersion | length > 0) and .annotations["a.key"] == "value" and (.status | test("^(" + $status + ")$"))
    and (.status == "stopped" or (.pid | tostring) == $pid)' "$WORK/$1.json" >/dev/null || fail "$1 got $(cat "$WORK/$1.json")"
}
check prestart "creating|created"
check createRuntime "creating|created"
check poststop stopped
