#!/bin/bash
# cp follows podman's rules for where a copy goes, of running and of stopped containers; no link leads out of one.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
mkdir -p "$WORK/host/dir/sub"
echo one >"$WORK/host/file"
echo two >"$WORK/host/dir/sub/two"
ln -s two "$WORK/host/dir/sub/link"
chmod 640 "$WORK/host/file"
echo secret >"$WORK/secret"
cd "$WORK/host"

check_copies() {
  ocictl cp file "$1":/tmp
  expect_status 0
  ocictl cp file "$1":/tmp/renamed
  expect_status 0
  ocictl cp dir "$1":/tmp
  expect_status 0
  ocictl cp dir "$1":/tmp/new
  expect_status 0
  ocictl cp dir/. "$1":/root
  expect_status 0
  ocictl cp file "$1":/nonesuch/
  expect_status 125
  ocictl cp nonesuch "$1":/tmp
  expect_status 125
  ocictl cp dir "$1":/tmp/renamed
  expect_status 125
  ocictl cp file "$1":/tmp/dir
  expect_status 0
  ocictl cp "$1":/tmp/dir/sub "$WORK/back"
  expect_status 0
  diff <(tar -C "$WORK/host/dir/sub" -c --owner 0 --group 0 --sort name . | tar tv) \
    <(tar -C "$WORK/back" -c --owner 0 --group 0 --sort name . | tar tv) || fail "the copy differs"
  rm -r "$WORK/back"
  ocictl cp "$1":/tmp/dir/sub/link - 
  expect_status 0
  "$OCICTL" --root "$STORE" cp "$1":/tmp/dir - | tar t | sort >"$WORK/names"
  [ "$(<"$WORK/names")" = "dir/
dir/file
dir/sub/
dir/sub/link
dir/sub/two" ] || fail "the archive has $(<"$WORK/names")"
  tar -c file | "$OCICTL" --root "$STORE" cp - "$1":/root || fail "an archive wasn't taken"
}

# What is in it, seen from inside.
check_inside() {
  ocictl start "$1" 2>/dev/null
  ocictl exec "$1" sh -c 'cat /tmp/file /tmp/renamed /tmp/dir/sub/link /tmp/new/sub/two /root/sub/two /tmp/dir/file /root/file; stat -c "%a %u:%g" /tmp/file'
  [ "$(tr '\n' ' ' <<<"$STDOUT")" = "one one two two two one one 640 1000:1000 " ] || fail "inside is $STDOUT"
}
run -d --name runs -u web busybox sleep 1000
expect_status 0
check_copies runs
check_inside runs
# One that was never started has nobody's ids yet but root's.
ocictl create --network none --name stands busybox sleep 1000
expect_status 0
check_copies stands
ocictl start stands
ocictl exec stands cat /tmp/new/sub/link
[ "$STDOUT" = two ] || fail "a container that was stopped has $STDOUT"

# Links that would lead out.
ocictl exec stands sh -c "ln -s $WORK/secret /tmp/out; ln -s $WORK /tmp/outdir; ln -s ../../../../../..$WORK /tmp/updir"
for state in running stopped; do
  for path in /tmp/out /tmp/outdir/secret /tmp/updir/secret; do
    ocictl cp "stands:$path" "$WORK/stolen"
    expect_status 125
    [ ! -e "$WORK/stolen" ] || fail "$path led out of a $state container"
  done
  for path in /tmp/outdir /tmp/updir /tmp/outdir/planted; do
    ocictl cp file "stands:$path"
    [ ! -e "$WORK/planted" ] && [ ! -e "$WORK/file" ] || fail "$path led out of a $state container"
  done
  [ "$state" = stopped ] || ocictl stop -t 0 stands
done
ocictl cp runs:/tmp/file stands:/root/copied
expect_status 0
ocictl cp file nonesuch:/tmp
expect_status 125
ocictl cp file dir
expect_status 125
