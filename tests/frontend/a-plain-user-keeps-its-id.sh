#!/bin/bash
# Without root: which ids a container has by default, with --userns=keep-id, --uidmap and a single id; and what the
# user is called inside.
source "$(dirname "$0")/containers_lib.sh"
need_root
import_busybox
chmod 755 "$WORK"
mkdir "$WORK/bin"
cp "$OCICTL" "$OCIRT" "$(dirname "$OCIRT")/ocirt-shim" "$WORK/bin"
OCICTL=$WORK/bin/ocictl
USER_FILES=$WORK/user
RUN_AS=(as_user)
maps() { sed 's/  */ /g; s/^ //' <<<"$STDOUT"; }

for how in with-subids without-subids; do
  rm -rf "$USER_FILES"
  make_user_files $how
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES/home" "$USER_FILES/xdg"
  STORE=$USER_FILES/home/store
  export OCICTL_RUNROOT=$USER_FILES/xdg/run
  RUN_AS=(as_user env OCICTL_RUNROOT="$OCICTL_RUNROOT")
  mkdir -p "$USER_FILES/home/work"
  echo mine >"$USER_FILES/home/work/file"
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES/home/work"
  ocictl import -q "$WORK/busybox.tar" busybox
  expect_status 0

  run --rm busybox sh -c 'id -u; cat /proc/self/uid_map'
  expect_status 0
  if [ $how = with-subids ]; then
    expect_equal "$(maps)" "$(printf '0\n0 %s 1\n1 %s 65536' "$TEST_UID" "$FIRST_SUBID")" "root's ids"
  else
    expect_equal "$(maps)" "$(printf '0\n0 %s 1' "$TEST_UID")" "root's only id"
  fi

  # The user is itself inside, by name; what it owns outside is its own, and what it writes is.
  run --userns keep-id -v "$USER_FILES/home/work:/work" -w /work busybox \
    sh -c 'id -u; id -g; id -un; echo $HOME; stat -c %u file; echo more >written'
  expect_status 0
  expect_stdout "$TEST_UID
$TEST_UID
$TEST_USER
/work
$TEST_UID"
  expect_equal "$(stat -c %u "$USER_FILES/home/work/written")" "$TEST_UID" "the owner of what it wrote"
  run --rm --userns keep-id:uid=7,gid=8 busybox sh -c 'id -u; id -g'
  expect_stdout $'7\n8'
  run --rm --userns auto busybox true
  expect_status 125
  expect_error_contains "--userns auto is not supported"
  if [ $how = with-subids ]; then
    run --rm --uidmap 0:1:10 --uidmap 10:0:1 busybox cat /proc/self/uid_map
    expect_equal "$(maps)" "$(printf '0 %s 10\n10 %s 1' "$FIRST_SUBID" "$TEST_UID")" "ids of --uidmap"
    run --rm --user 5 busybox sh -c 'id -u; id -un'
    expect_stdout $'5\n5'
  else
    run --rm --uidmap 0:1:10 busybox true
    expect_status 125
    expect_error_contains "you have no id 1"
  fi
  remove_containers
done
