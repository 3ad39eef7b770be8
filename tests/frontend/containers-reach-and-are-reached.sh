#!/bin/bash
# A published port leads into the container, over a bridge, slirp4netns and pasta; nothing is left when it has gone.
# In a network namespace and a /run of its own: what is here stays as it is.
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/containers_lib.sh"
need_command /usr/lib/podman/netavark
need_command slirp4netns
need_command /usr/lib/podman/aardvark-dns
mount -t tmpfs none /run
make_outside
import_busybox

# What the host gets from the port that the container $1 has published.
answer_of() {
  local port
  port=$("$OCICTL" --root "$STORE" ps --filter "name=$1" --format '{{.Ports}}' | sed -E 's/^[^:]*:([0-9]+)->.*/\1/')
  timeout 5 bash -c "exec 3<>/dev/tcp/192.168.77.2/$port && printf 'GET /file HTTP/1.0\r\n\r\n' >&3 && tail -n 1 <&3"
}

for kind in bridge slirp4netns; do
  ocictl run -d --network "$kind" -p 80 --name "$kind" busybox \
    sh -c 'echo "served by $HOSTNAME" >/tmp/file; exec busybox httpd -f -p 80 -h /tmp'
  expect_status 0
  id=$(head -c 12 <<<"$STDOUT")
  is_served() { answer_of "$kind" | grep -q served; }
  wait_until is_served
  [ "$(answer_of "$kind")" = "served by $id" ] || fail "$kind: the answer is $(answer_of "$kind")"
  ocictl exec "$kind" busybox grep -c "$id $kind" /etc/hosts
  [ "$STDOUT" = 1 ] || fail "$kind: /etc/hosts has not the container's own name"
  ocictl rm -f -t 0 "$kind"
  expect_status 0
done
[ -z "$(ip -o link show type veth)" ] || fail "devices are left"
! ip link show podman0 2>/dev/null || fail "the bridge is left"
! iptables -t nat -S | grep -q 'NETAVARK-DN-\|--dport' || fail "rules are left"
[ -z "$(find "$OCICTL_RUNROOT/networks" -type l)" ] || fail "leases are left"

# The bridge goes with its last container, even while that one's namespace, and the veth in it, are still there.
ocictl run -d --name held busybox sleep 1000
expect_status 0
ocictl inspect --format '{{.State.Pid}}' held
exec {namespace}<"/proc/$STDOUT/ns/net"
ocictl rm -f -t 0 held
expect_status 0
! ip link show podman0 2>/dev/null || fail "the bridge is left with a dead container's device"
exec {namespace}<&-

# Two containers can't have the same port or address; and one sees the other.
ocictl run -d -p 18080:80 --ip 10.88.0.200 --name left busybox sleep 1000
expect_status 0
ocictl run -d -p 18080:80 --name right busybox sleep 1000
expect_status 125
expect_stderr_has "tcp port 18080"
ocictl run -d --ip 10.88.0.200 --name other busybox sleep 1000
expect_status 125
expect_stderr_has "10.88.0.200"
ocictl run --rm --network bridge --cap-add NET_RAW busybox busybox ping -c 1 -W 3 10.88.0.200
expect_status 0
ocictl run --rm --network container:left busybox busybox ip addr show eth0
expect_status 0
grep -q 10.88.0.200 <<<"$STDOUT" || fail "container: is another namespace"

# On a network with names, containers find each other by theirs.
export CONTAINERS_CONF=$WORK/containers.conf
printf '[network]\nnetwork_config_dir = "%s"\n' "$WORK/networks" >"$CONTAINERS_CONF"
ocictl network create --subnet 10.99.0.0/24 mine
expect_status 0
ocictl run -d --network mine --network-alias other --name named busybox sleep 1000
expect_status 0
for name in named other; do
  ocictl run --rm --network mine busybox busybox nslookup -type=a "$name.dns.podman"
  expect_stdout_contains 10.99.0.254
done
ocictl network rm mine
expect_status 2
ocictl rm -f -t 0 named
ocictl network rm mine
expect_status 0
