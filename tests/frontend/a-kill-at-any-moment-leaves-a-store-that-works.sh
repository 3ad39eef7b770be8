#!/bin/bash
# Pulls killed after more and more time: what is listed is whole, and the last pull finds nothing broken and leaves
# nothing behind.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
mkdir -p "$WORK"/{one,two}/sub
for number in $(seq 400); do echo "$number" >"$WORK/one/sub/$number"; done
head -c 6000000 /dev/urandom >"$WORK/one/big"
head -c 3000000 /dev/urandom >"$WORK/two/sub/other"
make_layout killed "$WORK/one" "$WORK/two"
push_layout killed

KILLED=0
for delay in $(seq 0.004 0.006 0.3); do
  timeout -s KILL "$delay" "$OCICTL" --root "$STORE" pull -q "$REGISTRY/killed" >/dev/null 2>&1 && STATUS=0 || STATUS=$?
  [ "$STATUS" != 137 ] || KILLED=$((KILLED + 1))
  ocictl image verify
  expect_status 0
  if [ "$("$OCICTL" --root "$STORE" images -q | wc -l)" = 1 ]; then
    ocictl rmi "$REGISTRY/killed"
    expect_status 0
  fi
done
[ $KILLED -gt 5 ] || fail "only $KILLED pulls were killed"
ocictl pull -q "$REGISTRY/killed"
expect_status 0
ocictl image verify
expect_status 0
cmp "$WORK/two/sub/other" "$(top_tree "$REGISTRY/killed")/sub/other"
ocictl images
[ -z "$(find "$STORE/trash" -mindepth 1)" ] || fail "something is in the trash: $(ls "$STORE/trash")"
LEFT=$(find "$STORE/partial" -mindepth 1 -maxdepth 1 ! -name 'image-*')
[ -z "$LEFT" ] || fail "something is half made: $LEFT"
