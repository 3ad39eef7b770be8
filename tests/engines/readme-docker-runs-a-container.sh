#!/bin/bash
# The README's lines for docker: those for a daemon with an option, and docs/engines/docker/daemon.json.
source "$(dirname "$0")/readme.bash"
need_command dockerd
[ -x /usr/bin/docker ] || skip "needs the command docker"
# What this host needs: no limit may be raised without CAP_SYS_RESOURCE, and there is no network to make.
jq -n --arg parent "/$TAG" '{"default-ulimits": {nofile: {Name: "nofile", Soft: 1024, Hard: 1024}},
  "cgroup-parent": $parent, "exec-opts": ["native.cgroupdriver=cgroupfs"], "storage-driver": "vfs",
  bridge: "none", iptables: false, ip6tables: false, "ip-forward": false}' >"$WORK/host.json"
configure docker/daemon.json <"$WORK/host.json"
enter_world
hash -p /usr/bin/docker docker
export DOCKER_CONFIG=$WORK/client
unset DOCKER_HOST

start_dockerd() {
  OCIRT_TEST_MARK=$WORK "$@" &>"$WORK/dockerd.log" &
  DAEMON=$!
  HELPER_PIDS+=("$DAEMON")
  disown
  eventually docker version >/dev/null || fail "dockerd does not start: $(tail -3 "$WORK/dockerd.log")"
}

daemon_is_gone() {
  ! kill -0 "$DAEMON"
}

stop_dockerd() {
  kill -TERM "$DAEMON"
  wait_until daemon_is_gone
}

line=$(grep -m 1 '^dockerd --add-runtime' "$TESTS/../README.md") || fail "the README has no line for dockerd"
read -ra words <<<"$line"
start_dockerd "${words[@]}"
tar -C "$FIXTURE/rootfs" -c . | docker import --change 'ENV PATH=/bin' - busybox >"$WORK/import.log"
do_as_written 'docker run'
expect_status 0
expect_stdout hello
stop_dockerd

jq --slurp add "$WORK/host.json" "$ENGINES/docker/daemon.json" >/etc/docker/daemon.json
start_dockerd dockerd
docker info --format '{{.DefaultRuntime}}' >"$WORK/runtime"
expect_equal "$(cat "$WORK/runtime")" ocirt "default runtime"
keep_output_of docker run --rm busybox echo hello
expect_status 0
expect_stdout hello
stop_dockerd
