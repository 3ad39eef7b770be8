# shellcheck shell=bash
# What the tests of ocirt-shim share: where it is, and the cases of the driver (driver.py).
set -euo pipefail
export LC_ALL=C
HERE=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
: "${OCIRT_SHIM:=$(dirname "${OCIRT:-$HERE/../../build/bin/ocirt}")/ocirt-shim}"
[ -x "$OCIRT_SHIM" ] || { echo "no monitor at $OCIRT_SHIM: build it first, or set OCIRT_SHIM" >&2; exit 1; }

# Runs the cases of better_than_conmon.py that are named.
better() {
  exec python3 "$HERE/better_than_conmon.py" "$OCIRT_SHIM" "$@"
}
