# shellcheck shell=bash
# For tests of the NVIDIA hook, on top of lib.sh: a host with a driver and no GPU.
#
#   source "$(dirname "$0")/../helpers/nvidia.bash"
#   nvidia_host "$WORK/host"
#   nvidia_hook plan --gpus all
#   expect_status 0
#
# Needs root, for mknod.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
source "$TESTS/helpers/nvidia_host.bash"
: "${NVIDIA_HOOK:=$(dirname "$OCIRT")/ocirt-nvidia-hook}"
[ -x "$NVIDIA_HOOK" ] || NVIDIA_HOOK=$TESTS/../build/bin/ocirt-nvidia-hook # of another runtime's tests
[ -x "$NVIDIA_HOOK" ] || skip "no ocirt-nvidia-hook is built"

# Calls it about the host in HOST, and keeps STATUS, STDOUT and STDERR.
nvidia_hook() {
  : "${HOST:=$WORK/host}"
  keep_output_of "$NVIDIA_HOOK" --host "$HOST" --driver-root "$HOST" "$@"
}
