#!/bin/bash
# diff, export and commit see what a container added, changed and removed; the new image has it, and goes round.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
run --name one -e A=b busybox sh -c 'echo added >/root/new; busybox mkdir /root/dir; echo x >/root/dir/x; rm /etc/group; busybox chmod 700 /etc/passwd'
expect_status 0
ocictl diff one
expect_status 0
[ "$STDOUT" = "C /etc
D /etc/group
C /etc/passwd
C /root
A /root/dir
A /root/dir/x
A /root/new" ] || fail "diff said $STDOUT"
ocictl diff --format json one
[ "$(jq -c .deleted <<<"$STDOUT")" = '["/etc/group"]' ] || fail "diff said $STDOUT"

ocictl export -o "$WORK/one.tar" one
expect_status 0
tar -tf "$WORK/one.tar" >"$WORK/names"
grep -qx root/dir/x "$WORK/names" || fail "what was added isn't exported"
! grep -qx etc/group "$WORK/names" || fail "what was removed is exported"
grep -qx bin/busybox "$WORK/names" || fail "the image's files aren't exported"
"$OCICTL" --root "$STORE" export one | cmp - "$WORK/one.tar" || fail "to a pipe it is another archive"

ocictl commit -q -m "a message" -a somebody -c 'CMD ["cat", "/root/new"]' one made:1
expect_status 0
id=$STDOUT
ocictl inspect made:1
[ "$(jq -r '.[0].Id, .[0].History[-1].comment, .[0].Author, (.[0].RootFS.Layers | length)' <<<"$STDOUT")" = "$id
a message
somebody
2" ] || fail "the image is $STDOUT"
run --rm made:1
expect_status 0
[ "$STDOUT" = added ] || fail "the image printed $STDOUT"
run --rm made:1 sh -c 'ls -A /etc; echo $A; stat -c %a /etc/passwd'
[ "$STDOUT" = "hostname
hosts
passwd
b
700" ] || fail "the image has $STDOUT"
# The container keeps its image's layers; the new image doesn't need the container.
ocictl rm one
expect_status 0
run --rm made:1
expect_status 0
ocictl save -q -o "$WORK/made.tar" made:1
expect_status 0
ocictl rmi made:1
ocictl load -q -i "$WORK/made.tar"
expect_status 0
run --rm made:1 cat /root/dir/x
[ "$STDOUT" = x ] || fail "what was loaded printed $STDOUT"
ocictl run -d --network none --name two busybox sleep 1000
ocictl commit --pause two
expect_status 0
ocictl commit --squash two
expect_status 125
expect_stderr_has "not supported"
