#!/bin/bash
# run, ps, exec, logs, stop, start, pause, rename, kill, wait and rm, one after the other, leave nothing behind.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
ocictl run --rm --network none busybox sh -c 'echo out; echo err >&2; exit 3'
expect_status 3
[ "$STDOUT" = out ] || fail "stdout is $STDOUT"
[ "$STDERR" = err ] || fail "stderr is $STDERR"
ocictl run --rm --network none busybox nonesuch
expect_status 127
ocictl run --rm --network none busybox /etc
expect_status 126
ocictl run --rm --network none --pull never nonesuch true
expect_status 125
ocictl ps -aq
[ -z "$STDOUT" ] || fail "--rm left $STDOUT"

ocictl run -d --network none --name one busybox sh -c 'trap "exit 7" TERM; echo started; while :; do sleep 0.1; done'
expect_status 0
wait_until bash -c "'$OCICTL' --root '$STORE' logs one | grep -q started"
ocictl run --network none --name one busybox true
expect_status 125
expect_stderr_has "already in use"
ocictl exec -u web -e A=b one sh -c 'echo "$A $(id -u)"; exit 5'
expect_status 5
[ "$STDOUT" = "b 1000" ] || fail "exec said $STDOUT"
ocictl rm one
expect_status 2
ocictl pause one
expect_status 0
ocictl ps --format '{{.Names}} {{.Status}}'
[ "$STDOUT" = "one Paused" ] || fail "ps said $STDOUT"
ocictl unpause one
ocictl rename one two
ocictl stop two
expect_status 0
ocictl wait two
[ "$STDOUT" = 7 ] || fail "the code is $STDOUT"
ocictl exec two true
expect_status 255
ocictl start two
expect_status 0
wait_until bash -c "[ \"\$('$OCICTL' --root '$STORE' logs two | wc -l)\" = 2 ]"
ocictl kill two
expect_status 0
ocictl wait two
[ "$STDOUT" = 137 ] || fail "the code is $STDOUT"
ocictl rm two
expect_status 0
ocictl rm two
expect_status 1
for part in containers container-names; do
  [ -z "$(ls -A "$STORE/$part")" ] || fail "something is left in $part"
done
