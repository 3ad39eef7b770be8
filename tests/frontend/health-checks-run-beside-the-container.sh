#!/bin/bash
# A check is run now and then; ps tells what it says; the process that runs it goes with the container.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
status_is() { [[ $("$OCICTL" --root "$STORE" ps --filter "name=$1" --format '{{.Status}}') == *"($2)" ]]; }
watches() { pgrep -fc "container health-watch $1" || true; }
none_watches() { [ "$(watches "$1")" = 0 ]; }

run -d --name one --health-cmd 'test -e /tmp/well' --health-interval 1s --health-retries 1 busybox sleep 1000
expect_status 0
id=$STDOUT
status_is one starting || fail "it isn't starting at once"
wait_until status_is one unhealthy
ocictl healthcheck run one
expect_status 1
[ "$STDOUT" = unhealthy ] || fail "the check said $STDOUT"
ocictl exec one touch /tmp/well
wait_until status_is one healthy
ocictl healthcheck run one
expect_status 0
[ "$(watches "$id")" = 1 ] || fail "$(watches "$id") processes watch"
ocictl inspect one --format '{{.State.Health.Status}} {{.State.Health.FailingStreak}}'
[ "$STDOUT" = "healthy 0" ] || fail "inspect says $STDOUT"
ocictl stop -t 0 one
ocictl healthcheck run one
expect_status 125
wait_until none_watches "$id"
ocictl start one
[ "$(watches "$id")" = 1 ] || fail "$(watches "$id") processes watch after a start"
ocictl rm -f -t 0 one
wait_until none_watches "$id"

# One that hangs is killed, and counts as failed.
run -d --name hangs --health-cmd 'sleep 500' --health-timeout 1s --health-interval 1s --health-retries 1 busybox sleep 1000
wait_until status_is hangs unhealthy
ocictl stop -t 0 hangs
run -d --name off --no-healthcheck busybox sleep 1000
expect_status 0
ocictl healthcheck run off
expect_status 125
[ "$(watches "$STDOUT")" = 0 ] || fail "what has no check is watched"
