#!/bin/bash
# create, start, died, remove and pause are told, once each, also of a container whose end nobody saw; and as they come.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
spawn "$OCICTL" --root "$STORE" events --format '{{.Name}} {{.Status}}' >"$WORK/live" 2>&1
# It tells what comes from its start on, and says nothing before.
listens() { readlink "/proc/$HELPER/fd"/* | grep -q inotify; }
wait_until listens
run --name one --label a=b busybox sh -c 'exit 3'
expect_status 3
ocictl rm one
run -d --name two busybox sleep 1000
ocictl pause two
ocictl unpause two
kill -9 "$(cat "$OCICTL_RUNROOT/$(ls "$STORE/containers")/pidfile")"
ocictl wait two
ocictl rm -f two
run --rm --name three busybox true
ocictl events --stream=false --format '{{.Name}} {{.Status}}'
expect_status 0
[ "$STDOUT" = "one create
one start
one died
one remove
two create
two start
two pause
two unpause
two died
two remove
three create
three start
three died
three remove" ] || fail "the events are $STDOUT"
told() { diff "$WORK/live" <(echo "$STDOUT") >/dev/null; }
wait_until told
ocictl events --stream=false --filter container=one --filter event=died --format json
[ "$(jq -r '.ContainerExitCode, .Attributes.a' <<<"$STDOUT")" = "3
b" ] || fail "the event is $STDOUT"
ocictl events --stream=false --filter event=start --filter event=died --filter label=a=b --since 1h
[ "$(wc -l <<<"$STDOUT")" = 2 ] || fail "the events are $STDOUT"
grep -qE '^[0-9-]+ [0-9:.]+ \+0000 UTC container start [0-9a-f]{64} \(image=localhost/busybox:latest, name=one, a=b\)$' <<<"$STDOUT" ||
  fail "the line is $STDOUT"
