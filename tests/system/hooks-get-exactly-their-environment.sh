#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
export SECRET=token
cat >"$WORK/hook" <<'SH'
#!/bin/bash
cat /proc/$$/environ | tr '\0' '\n' >"$1"
SH
chmod 755 "$WORK/hook"
config '.hooks.createRuntime = [{path: $hook, args: ["hook", $out + "1"], env: ["ONE=1", "PATH=/usr/bin:/bin"]}]' --arg hook "$WORK/hook" --arg out "$WORK/env"
run_container
expect_status 0
expect_equal "$(cat "$WORK/env1")" $'ONE=1\nPATH=/usr/bin:/bin' "environment"
