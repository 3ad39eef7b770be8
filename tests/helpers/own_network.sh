# shellcheck shell=bash
# Sourced before lib.sh: the test goes on in a network namespace of its own, where it makes devices, and in a mount
# namespace of its own.

[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
[ -n "${OCIRT_OWN_NETWORK-}" ] || OCIRT_OWN_NETWORK=1 exec unshare --net --mount bash "$0"
unset OCIRT_OWN_NETWORK

# make_device NAME [WORD...]: a virtual cable with two ends, NAME and p-NAME; the words are those of `ip link add`.
make_device() {
  need_command ip
  ip link add "$@" type veth peer name "p-$1" || skip "the kernel makes no virtual network devices"
}

# A way out of this network, to nowhere: what looks for a default route finds one, and 192.168.77.2 is the host.
make_outside() {
  need_command ip
  ip link set lo up
  ip link add outside type bridge
  ip addr add 192.168.77.2/24 dev outside
  ip link set outside up
  ip route add default via 192.168.77.1
}
