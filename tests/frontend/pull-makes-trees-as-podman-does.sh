#!/bin/bash
# A layer with hard links, xattrs, sparse files, whiteouts, long names and odd modes becomes the tree that podman
# makes of it.
source "$(dirname "$0")/lib.sh"
need_root
need_command podman
need_command setfattr
start_registry </dev/null

mkdir -p "$WORK"/one/{bin,etc,var/lib,tmp} "$WORK"/two/{etc,var}
echo program >"$WORK/one/bin/program"
chmod 4755 "$WORK/one/bin/program"
ln "$WORK/one/bin/program" "$WORK/one/bin/again"
ln -s ../bin/program "$WORK/one/etc/link"
chmod 1777 "$WORK/one/tmp"
chmod 2750 "$WORK/one/var/lib"
chown 100:101 "$WORK/one/var/lib"
echo value >"$WORK/one/etc/$(printf 'n%.0s' {1..200})"
touch -d '2001-02-03 04:05:06.789' "$WORK/one/etc/old"
setfattr -n user.colour -v blue "$WORK/one/etc/old"
truncate -s 20M "$WORK/one/sparse"
echo end >>"$WORK/one/sparse"
mkfifo "$WORK/one/fifo"
touch "$WORK/two/etc/.wh.old" "$WORK/two/var/.wh..wh..opq"
echo new >"$WORK/two/var/new"
make_layout odd "$WORK/one" "$WORK/two"
push_layout odd

ocictl pull "$REGISTRY/odd"
expect_status 0
POD=(env -u REGISTRY_AUTH_FILE podman --root "$WORK/pod" --runroot "$WORK/podrun")
"${POD[@]}" pull -q --tls-verify=false "$REGISTRY/odd" >/dev/null
for field in UpperDir LowerDir; do
  ours=$("$OCICTL" --root "$STORE" image inspect -f "{{.GraphDriver.Data.$field}}" "$REGISTRY/odd")
  theirs=$("${POD[@]}" image inspect -f "{{.GraphDriver.Data.$field}}" "$REGISTRY/odd")
  diff <("$TESTS/helpers/list_tree.py" "$theirs") <("$TESTS/helpers/list_tree.py" "$ours") ||
    fail "the trees differ ($field)"
done
umount "$WORK/pod/overlay" 2>/dev/null || true
