#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The shim starts the runtime with SIGKILL as its parent-death signal; a container must outlive the creator.
new_bundle
payload sleep 1000
cat >"$WORK/start.py" <<'PY'
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9, 0, 0, 0)  # PR_SET_PDEATHSIG, SIGKILL
os.execvp(sys.argv[1], sys.argv[1:])
PY
RUN_AS=(python3 "$WORK/start.py")
create_container
RUN_AS=()
ocirt start "$ID"
expect_status 0
wait_for_program sleep
has_status "$ID" running || fail "the container died with its creator"
