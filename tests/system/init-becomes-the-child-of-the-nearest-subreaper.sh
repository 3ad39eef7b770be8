#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# conmon, the shim and buildah wait for the pid in the pid file.
new_bundle
payload sh -c 'exit 5'
cat >"$WORK/subreaper.py" <<'PY'
import ctypes, os, subprocess, sys
ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)
runtime, bundle, ident, pid_file = sys.argv[1:5]
subprocess.run(runtime.split() + ["create", "--bundle", bundle, "--pid-file", pid_file, ident], check=True)
pid = int(open(pid_file).read())
subprocess.run(runtime.split() + ["start", ident], check=True)
print(os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]))
PY
result=$(python3 "$WORK/subreaper.py" "$OCIRT --root $STATE_ROOT" "$BUNDLE" "$ID" "$WORK/pid") || fail "$result"
expect_equal "$result" 5 "the status that the subreaper saw"
