#!/bin/bash
# Archives that climb out through "..", symlinks and hard links: nothing outside of the layer changes.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir "$WORK/canary"
echo untouched >"$WORK/canary/file"
BEFORE=$("$TESTS/helpers/list_tree.py" "$WORK/canary")

# hostile NAME PYTHON: an image whose one layer python writes into the tar file `t`.
hostile() {
  python3 - "$WORK/$1.tar" "$WORK/canary" <<PYTHON
import io, sys, tarfile
t = tarfile.open(sys.argv[1], "w", format=tarfile.PAX_FORMAT)
canary = sys.argv[2]
def add(name, kind=tarfile.REGTYPE, link="", data=b"evil", **more):
    info = tarfile.TarInfo(name)
    info.type, info.linkname, info.size = kind, link, len(data) if kind == tarfile.REGTYPE else 0
    info.mode = 0o755
    for key, value in more.items():
        setattr(info, key, value)
    t.addfile(info, io.BytesIO(data))
$2
t.close()
PYTHON
  "$TESTS/helpers/make_image.py" "$WORK/$1.oci" "$WORK/$1.tar"
  push_layout "$1"
  ocictl pull -q "$REGISTRY/$1"
  [ "$("$TESTS/helpers/list_tree.py" "$WORK/canary")" = "$BEFORE" ] || fail "$1 reached the canary"
}

hostile dots 'add("../" * 20 + canary + "/file")'
[ "$STATUS" != 0 ] || fail "a name that leads out was taken"
hostile symlink 'add("out", tarfile.SYMTYPE, canary); add("out/file")'
hostile parent 'add("up", tarfile.SYMTYPE, "../" * 20 + canary); add("up/file")'
hostile replaced 'add("d", tarfile.DIRTYPE); add("d", tarfile.SYMTYPE, canary); add("d/file"); add("d/new")'
hostile hardlink 'add("l", tarfile.LNKTYPE, "../" * 20 + canary + "/file")'
[ "$STATUS" != 0 ] || fail "a hard link that leads out was taken"
hostile throughlink 'add("s", tarfile.SYMTYPE, canary); add("l", tarfile.LNKTYPE, "s/file"); add("l")'
hostile whiteout 'add("w", tarfile.SYMTYPE, canary); add("w/.wh.file", data=b"")'
hostile opaque 'add("w", tarfile.SYMTYPE, canary); add("w/.wh..wh..opq", data=b"")'
hostile emptywhiteout 'add(".wh.", data=b"")'
[ "$STATUS" != 0 ] || fail "a whiteout of nothing was taken"
hostile device 'add("sda", tarfile.BLKTYPE, devmajor=8, devminor=0)'
expect_status 0
[ ! -e "$(top_tree "$REGISTRY/device")/sda" ] || fail "a device node was made"
hostile xattr 'add("x", pax_headers={"SCHILY.xattr.user.overlay.opaque": "y", "SCHILY.xattr.user.ok": "1"})'
expect_status 0
[ "$(getfattr -d --absolute-names "$(top_tree "$REGISTRY/xattr")/x" | grep -c user)" = 1 ] ||
  fail "an xattr of overlayfs was kept"
