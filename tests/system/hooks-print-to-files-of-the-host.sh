#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "the annotations are crun's, which gives hooks of the container the host's files too"
new_bundle
payload true
echo "from before" >"$WORK/out"
config '.annotations = {"run.oci.hooks.stdout": $out, "run.oci.hooks.stderr": $err}' --arg out "$WORK/out" --arg err "$WORK/err"
for kind in prestart createRuntime createContainer startContainer poststart poststop; do
  config '.hooks[$kind] = [{path: "/bin/sh", args: ["sh", "-c", "echo \($kind); echo \($kind) failing >&2"]}]' --arg kind "$kind"
done
start_container
wait_for_status stopped
ocirt delete "$ID"
expect_status 0
expect_equal "$(cat "$WORK/out")" $'from before\nprestart\ncreateRuntime\ncreateContainer\npoststart\npoststop' "what hooks print"
expect_equal "$(cat "$WORK/err")" \
  $'prestart failing\ncreateRuntime failing\ncreateContainer failing\npoststart failing\npoststop failing' "their errors"
expect_equal "$(stat -c %a "$WORK/err")" 600 "mode of a new file"
ocirt run --bundle "$BUNDLE" "$ID"
expect_status 0
expect_equal "$(tail -5 "$WORK/out" | xargs)" "prestart createRuntime createContainer poststart poststop" "hooks of run"

# Without a file, what they print belongs to the error.
config 'del(.annotations["run.oci.hooks.stderr"]) | .hooks = {prestart: [{path: "/bin/sh", args: ["sh", "-c", "echo one; echo two >&2; exit 3"]}]}'
run_container
expect_error_contains "failed with exit code 3: two"
expect_equal "$(tail -1 "$WORK/out")" one "what the failing hook prints"
expect_no_leftovers
