#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
cat >"$WORK/hook" <<'SH'
#!/bin/bash
echo "$0 $#" >"${0%/*}/seen"
SH
chmod 755 "$WORK/hook"
config '.hooks.createRuntime = [{path: $hook}]' --arg hook "$WORK/hook"
run_container
expect_status 0
expect_equal "$(cat "$WORK/seen")" "$WORK/hook 0" "what the hook saw"
