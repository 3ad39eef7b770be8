#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
cat >"$WORK/hook" <<'SH'
#!/bin/sh
ls -l /proc/self/fd >"${0%/*}/fds" 2>/dev/null
SH
chmod 755 "$WORK/hook"
exec 7</etc 8</sys
config '.hooks.createRuntime = [{path: $hook}]' --arg hook "$WORK/hook"
run_container
expect_status 0
expect_equal "$(awk '/ -> / && $11 !~ "^/proc/" { print $9 }' "$WORK/fds" | xargs)" "0 1 2" "descriptors"
