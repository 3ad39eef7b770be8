#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "runc 1.1 hands on its own"
new_bundle
cat >"$WORK/hook" <<'SH'
#!/bin/bash
cat /proc/$$/environ >"${0%/*}/env"
SH
chmod 755 "$WORK/hook"
export SECRET=token
config '.hooks.createRuntime = [{path: $hook}]' --arg hook "$WORK/hook"
run_container
expect_status 0
expect_equal "$(tr '\0' '\n' <"$WORK/env" | grep -v '^PATH=' || true)" "" environment
