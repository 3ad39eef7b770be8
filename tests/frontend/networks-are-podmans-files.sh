#!/bin/bash
# network create writes what podman reads, off the subnets of others; podman's networks are found too.
source "$(dirname "$0")/containers_lib.sh"
need_command podman
export CONTAINERS_CONF=$WORK/containers.conf
printf '[network]\nnetwork_config_dir = "%s"\n' "$WORK/networks" >"$CONTAINERS_CONF"
mkdir "$WORK/networks"
podman_network() {
  podman --root "$WORK/podman" --runroot "$WORK/r" --network-config-dir "$WORK/networks" network "$@"
}
ocictl network create --subnet 10.123.4.0/24 --ip-range 10.123.4.128/25 --label a=b first
expect_status 0
ocictl network create second
expect_status 0
ocictl network create --subnet 10.123.4.128/25 third
expect_status 125
expect_stderr_has "already used"
ocictl network create first
expect_status 125
expect_stderr_has "already exists"
podman_network create theirs >/dev/null
ocictl network ls --format '{{.Name}}'
[ "$STDOUT" = "first
podman
second
theirs" ] || fail "networks: $STDOUT"
for name in first second theirs; do
  ocictl network inspect "$name"
  diff <(podman_network inspect "$name" | jq -S .) <(jq -S . <<<"$STDOUT") || fail "podman reads $name otherwise"
done
ocictl network inspect nonesuch
expect_status 125
ocictl network rm podman
expect_status 125
ocictl network rm nonesuch
expect_status 1
ocictl network rm first second theirs
expect_status 0
[ -z "$(find "$WORK/networks" -name "*.json")" ] || fail "files are left"
