# shellcheck shell=bash
# Sourced before lib.sh: the test goes on in a network namespace of its own, where it makes devices to move.

[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
[ -n "${OCIRT_OWN_NETWORK-}" ] || OCIRT_OWN_NETWORK=1 exec unshare --net bash "$0"
unset OCIRT_OWN_NETWORK

# make_device NAME [WORD...]: a virtual cable with two ends, NAME and p-NAME; the words are those of `ip link add`.
make_device() {
  need_command ip
  ip link add "$@" type veth peer name "p-$1" || skip "the kernel makes no virtual network devices"
}
