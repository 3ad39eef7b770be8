#!/bin/bash
# Containers on a bridge of docker's reach each other: a hook of docker's gives each its network device.
source "$(dirname "$0")/../helpers/own_network.sh"
ip link add br0 type bridge || { echo "the kernel makes no bridges"; exit 77; }
ip address add 192.0.2.1/24 dev br0
ip link set lo up
DOCKERD=(--bridge br0)
source "$(dirname "$0")/docker.bash"
docker run --detach "$IMAGE" sh -c 'mkdir /www; echo hello >/www/index.html; exec httpd -f -p 80 -h /www'
expect_status 0
CID=$STDOUT
address=$(inspected '{{.NetworkSettings.IPAddress}}')
docker run --rm "$IMAGE" sh -c "until wget -q -O - http://$address/; do sleep 0.05; done"
expect_status 0
expect_stdout_contains hello
docker exec "$CID" ls /sys/class/net
expect_stdout $'eth0\nlo'
