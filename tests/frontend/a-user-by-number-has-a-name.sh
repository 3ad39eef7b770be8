#!/bin/bash
# A user that the image doesn't know gets a line in its /etc/passwd, as podman writes it; once, and through no link.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
run --name one --user 1234:99 --workdir /tmp busybox sh -c 'cat /etc/passwd /etc/group; echo $HOME; stat -c "%a %u" /etc'
expect_status 0
expect_stdout_contains "1234:*:1234:99:container user:/tmp:/bin/sh"
expect_stdout_contains "1234:x:99:"
expect_equal "$(tail -n 2 <<<"$STDOUT")" $'/tmp\n755 0' "its home, and /etc"
ocictl start -a one
expect_equal "$(grep -c 1234:x <<<"$STDOUT")" 1 "lines at the second start"
run --rm --user web busybox cat /etc/passwd
expect_stdout_lacks "container user"

# A container that replaced its /etc by a link to the host's reaches nothing of the host.
mkdir "$WORK/target"
echo untouched >"$WORK/target/passwd"
run --name two --user 1234 --read-only busybox true
expect_status 0
rm -r "$STORE"/containers/*/upper/etc
for upper in "$STORE"/containers/*/upper; do ln -s "$WORK/target" "$upper/etc"; done
ocictl start -a two
expect_equal "$(cat "$WORK/target/passwd")" untouched "the host's file"
expect_equal "$(ls "$WORK/target")" passwd "the host's folder"
