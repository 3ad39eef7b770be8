#!/bin/bash
# Without root: pasta and slirp4netns lead in and out, and go with the container; volumes, cp, diff, export and commit
# work on files of subordinate ids, and with a single id. In a network namespace of its own.
source "$(dirname "$0")/../helpers/own_network.sh"
source "$(dirname "$0")/containers_lib.sh"
need_command pasta
need_command slirp4netns
# Everybody may use it where there is a udev; here in a /dev/net of our own.
mount -t tmpfs none /dev/net
mknod -m 666 /dev/net/tun c 10 200
chmod 666 /dev/net/tun # whatever the umask
make_outside
import_busybox
mkdir -p "$WORK/tree/data"
echo shipped >"$WORK/tree/data/file"
chown 1000:44 "$WORK/tree/data/file"
tar -C "$WORK/tree" -cf "$WORK/busybox.tar" .
chmod 755 "$WORK"
mkdir "$WORK/bin"
cp "$OCICTL" "$OCIRT" "$(dirname "$OCIRT")/ocirt-shim" "$WORK/bin"
OCICTL=$WORK/bin/ocictl

answer_of() {
  local port
  port=$("${RUN_AS[@]}" "$OCICTL" --root "$STORE" ps --filter "name=$1" --format '{{.Ports}}' | sed -E 's/^[^:]*:([0-9]+)->.*/\1/')
  timeout 5 bash -c "exec 3<>/dev/tcp/192.168.77.2/$port && printf 'GET /file HTTP/1.0\r\n\r\n' >&3 && tail -n 1 <&3"
}
is_served() { answer_of "$1" | grep -q served; }
gone() { ! kill -0 "$1" 2>/dev/null; }

USER_FILES=$WORK/user
for how in with-subids without-subids; do
  rm -rf "$USER_FILES"
  make_user_files $how
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES"
  mkdir "$WORK/$how" "$WORK/$how/run" && chown -R "$TEST_UID:$TEST_UID" "$WORK/$how"
  STORE=$WORK/$how/store
  OCICTL_RUNROOT=$WORK/$how/run/ocictl
  RUN_AS=(as_user env OCICTL_RUNROOT="$OCICTL_RUNROOT" XDG_RUNTIME_DIR="$WORK/$how/run")
  ocictl import -q "$WORK/busybox.tar" busybox
  expect_status 0
  for kind in pasta slirp4netns; do
    ocictl run -d --network "$kind" -p 80 --name "$kind" busybox \
      sh -c 'echo "served by $HOSTNAME" >/tmp/file; exec busybox httpd -f -p 80 -h /tmp'
    expect_status 0
    id=$STDOUT
    wait_until is_served "$kind"
    helper=$(jq .helper "$OCICTL_RUNROOT/$id/network.json")
    ocictl rm -f -t 0 "$kind"
    expect_status 0
    wait_until gone "$helper"
  done
  # The container was killed, and so was who would have cleaned up: the next command does it.
  ocictl run -d --network pasta --name killed busybox sleep 1000
  expect_status 0
  helper=$(jq .helper "$OCICTL_RUNROOT/$STDOUT/network.json")
  kill -9 "$(cat "$OCICTL_RUNROOT/$STDOUT/conmon.pid")" "$(cat "$OCICTL_RUNROOT/$STDOUT/pidfile")"
  ocictl ps -a
  wait_until gone "$helper"

  run --name one -v vol:/data busybox sh -c 'cat /data/file; stat -c %u:%g /data/file; echo new >/root/new; rm /etc/group; echo mine >/data/mine'
  expect_status 0
  owners=1000:44
  [ $how = with-subids ] || owners=0:0
  [ "$STDOUT" = "shipped
$owners" ] || fail "the volume has $STDOUT"
  ocictl diff one
  [ "$STDOUT" = "C /etc
D /etc/group
C /root
A /root/new" ] || fail "diff said $STDOUT"
  echo given >"$WORK/$how/given" && chmod 644 "$WORK/$how/given"
  ocictl cp "$WORK/$how/given" one:/root/given
  expect_status 0
  ocictl cp one:/root/new "$WORK/$how/taken"
  expect_status 0
  [ "$(stat -c %u "$WORK/$how/taken")" = "$TEST_UID" ] || fail "what was copied belongs to another"
  ocictl export -o "$WORK/$how/one.tar" one
  expect_status 0
  tar -xOf "$WORK/$how/one.tar" root/given | grep -qx given || fail "what was copied isn't exported"
  ocictl commit -q one made
  expect_status 0
  run --rm made cat /root/given
  [ "$STDOUT" = given ] || fail "the image has $STDOUT"
  ocictl rm one
  ocictl volume rm vol
  expect_status 0
  remove_containers
done
