# shellcheck shell=bash
# For tests in which podman drives the runtime under test, and ocirt-shim in conmon's place.
source "$(dirname "${BASH_SOURCE[0]}")/podman.bash"
: "${OCIRT_SHIM:=$(dirname "$OCIRT")/ocirt-shim}"
[ -x "$OCIRT_SHIM" ] || skip "no monitor at $OCIRT_SHIM"
PODMAN+=(--conmon "$(realpath "$OCIRT_SHIM")")

# What podman doesn't like it replaces by conmon, and says nothing.
pod info --format '{{.Host.Conmon.Path}}'
expect_stdout "$(realpath "$OCIRT_SHIM")"

# The monitor of CID is gone.
has_no_monitor() {
  local pid
  pid=$(inspected '{{.State.ConmonPid}}')
  [ "$pid" = 0 ] || [ ! -e "/proc/$pid" ]
}
