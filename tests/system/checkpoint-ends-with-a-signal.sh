#!/bin/bash
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_root
ocirt_only "they wait for ever"

# A CRIU that never answers.
mkdir "$WORK/bin"
printf '#!/bin/sh\necho $$ >%s/criu-pid\nexec sleep 1000\n' "$WORK" >"$WORK/bin/criu"
chmod 755 "$WORK/bin/criu"
new_bundle
counting_payload
start_container
wait_until has_counted_to 2

for verb in checkpoint "restore --bundle $BUNDLE"; do
  id=$ID
  [ "$verb" = checkpoint ] || id=$ID-other
  mkdir -p "$WORK/images"
  echo '["/dev/null", "/dev/null", "/dev/null"]' >"$WORK/images/descriptors.json"
  rm -f "$WORK/criu-pid"
  # shellcheck disable=SC2086  # two words
  PATH=$WORK/bin:$PATH spawn "$OCIRT" --root "$STATE_ROOT" $verb --image-path "$WORK/images" "$id" 2>"$WORK/err"
  wait_until test -s "$WORK/criu-pid"
  kill -TERM "$HELPER"
  status=0
  wait "$HELPER" || status=$?
  expect_equal "$status" 1 "status after SIGTERM"
  grep -q 'ended by signal 15' "$WORK/err" || fail "$(cat "$WORK/err")"
  [ ! -e "/proc/$(cat "$WORK/criu-pid")" ] || fail "CRIU is still there"
done
[ ! -e "$STATE_ROOT/$ID-other" ] || fail "something is left of the restored container"
expect_counting 2
