#!/bin/bash
# rmi and the prunes leave what containers use, take what none does, and system df counts it.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
ocictl tag busybox second
ocictl images -q --no-trunc busybox
image=${STDOUT#sha256:}
df_line() { # TYPE -> TOTAL ACTIVE RAWSIZE RAWRECLAIMABLE
  "$OCICTL" --root "$STORE" system df --format '{{.Type}}:{{.Total}} {{.Active}} {{.RawSize}} {{.RawReclaimable}}' |
    sed -n "s/^$1://p"
}

run -d --name busy --stop-signal KILL -v kept:/kept --label job=a busybox sh -c 'head -c 5000 /dev/zero >/written; head -c 300 /dev/zero >/kept/file; busybox ln /written /again; touch /ready; sleep 1000'
expect_status 0
wait_until "$OCICTL" --root "$STORE" exec busy ls /ready
run --name done -v unused:/data --label job=b busybox sh -c 'head -c 700 /dev/zero >/written; head -c 40 /dev/zero >/data/file'
expect_status 0
ocictl volume create lonely
expect_status 0

# A name goes while others are left; the last one doesn't while a container has the image.
ocictl rmi second
expect_status 0
expect_stdout "Untagged: localhost/second:latest"
ocictl rmi busybox
expect_status 2
expect_error_contains "image is in use by a container"
ocictl rmi --all
expect_status 2
ocictl image prune -a -f
expect_status 0
expect_stdout ""
# Nor do the layers when nothing names the image any more.
ocictl start -a done
expect_status 0
for filter in containers=true containers=false; do
  ocictl images -q --no-trunc --filter $filter
  case $filter in *true) expect_stdout "sha256:$image" ;; *) expect_stdout "" ;; esac
done

# What each kind takes, and how much of it nobody uses.
[[ $(df_line Images) =~ ^1\ 1\ [0-9]+\ 0$ ]] || fail "images: $(df_line Images)"
expect_equal "$(df_line Containers)" "2 1 5700 700" "the containers"
expect_equal "$(df_line 'Local Volumes')" "3 2 340 0" "the volumes"
ocictl system df -v
expect_status 0
for words in "busy +Up|busy" "done" "kept +1 +300B" "lonely +0 +0B" "unused +1 +40B"; do
  grep -qE "$words" <<<"$STDOUT" || fail "system df -v has no line \"$words\": $STDOUT"
done

# Filters choose; an unknown one removes nothing.
for filter in job=b nothing=; do
  ocictl container prune -f --filter "$filter"
  expect_status 125
  expect_error_contains "invalid filter"
done
ocictl container prune -f --filter until=1h
expect_status 0
expect_stdout ""
ocictl container prune -f --filter label=job=a
expect_stdout ""
ocictl volume prune -f --filter until=2020-01-01
expect_status 0
expect_stdout ""

# Without --volumes they stay; one of a container that went is unused.
ocictl ps -a -q --no-trunc --filter name=done
gone=$STDOUT
ocictl system prune -f --filter label!=job=a
expect_status 0
expect_stdout_contains "Deleted Containers"
expect_stdout_contains "$gone"
expect_stdout_contains "Total reclaimed space: 700B"
ocictl volume ls -q
expect_stdout $'kept\nlonely\nunused'
ocictl system prune -f -a --volumes
expect_status 0
expect_stdout_contains "Total reclaimed space: 40B"
ocictl volume ls -q
expect_stdout kept
ocictl exec busy sh -c 'stat -c %s /kept/file'
expect_stdout 300

# By force the containers go with their image, the running ones too.
ocictl rmi -f busybox
expect_status 0
expect_stdout_contains "Deleted: $image"
ocictl ps -a -q
expect_stdout ""
[ -z "$(ls "$STORE/layers")" ] || fail "layers are left"

# A reset leaves nothing, whatever runs.
ocictl import -q "$WORK/busybox.tar" busybox
run -d --name last -v other:/data busybox sleep 1000
expect_status 0
ocictl inspect --format '{{.State.Pid}}' last
pid=$STDOUT
ocictl system reset -f
expect_status 0
[ ! -e "/proc/$pid/cwd" ] || fail "a container runs on after the reset"
for part in containers images layers names volumes partial trash; do
  [ -z "$(ls "$STORE/$part" 2>/dev/null)" ] || fail "$part is left: $(ls "$STORE/$part")"
done
left=$(find "$OCICTL_RUNROOT" -mindepth 1 -not -name 'events*' -not -path '*/exits/*' -not -path '*/.seccomp/*' -not -type d)
[ -z "$left" ] || fail "left: $left"
ocictl import -q "$WORK/busybox.tar" busybox
run --rm busybox echo again
expect_stdout again
