#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# buildah reaps the init itself, later, and polls `state` until then.
new_bundle
payload true
cat >"$WORK/subreaper.py" <<'PY'
import ctypes, subprocess, sys, time, json
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
runtime, bundle, ident = sys.argv[1:4]
subprocess.run(runtime.split() + ["create", "--bundle", bundle, ident], check=True)
state = lambda: json.loads(subprocess.check_output(runtime.split() + ["state", ident]))
pid = state()["pid"]
subprocess.run(runtime.split() + ["start", ident], check=True)
deadline = time.monotonic() + 10
while time.monotonic() < deadline:
    with open(f"/proc/{pid}/stat") as stat:
        if stat.read().rpartition(")")[2].split()[0] == "Z":
            break
    time.sleep(0.01)
else:
    sys.exit("init never became our zombie: it is not the child of the nearest subreaper")
now = state()
print(now["status"], now["pid"])
subprocess.run(runtime.split() + ["delete", ident], check=True)
PY
result=$(python3 "$WORK/subreaper.py" "$OCIRT --root $STATE_ROOT" "$BUNDLE" "$ID") || fail "$result"
expect_equal "$result" "stopped 0" "status and pid"
expect_no_leftovers
