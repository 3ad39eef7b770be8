#!/bin/bash
# Two monitors, the same cases, no difference: conmon and ours, seen by an engine.
source "$(dirname "$0")/shim.bash"
command -v conmon >/dev/null || { echo "needs the command conmon"; exit 77; }
exec python3 "$HERE/same_as_conmon.py" "$(command -v conmon)" "$OCIRT_SHIM"
