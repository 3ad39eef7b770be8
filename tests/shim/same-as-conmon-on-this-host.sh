#!/bin/bash
# conmon and ours tell the journal the same, and the engine of a want of memory.
source "$(dirname "$0")/shim.bash"
command -v conmon >/dev/null || { echo "needs the command conmon"; exit 77; }
[ "$(id -u)" = 0 ] || { echo "needs root, to stand in for the journal"; exit 77; }
exec unshare --mount python3 "$HERE/same_on_this_host.py" "$(command -v conmon)" "$OCIRT_SHIM"
