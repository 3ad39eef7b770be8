#!/bin/bash
# SIGKILL to the monitor at every system call of its life: --recover finds the code, or says unknown.
source "$(dirname "$0")/shim.bash"
exec python3 "$HERE/recovery.py" "$OCIRT_SHIM"
