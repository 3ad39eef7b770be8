#!/bin/bash
# With subordinate ids files have mapped owners; without, they are all the user's, who can remove the store himself.
source "$(dirname "$0")/lib.sh"
need_root
start_registry </dev/null
mkdir -p "$WORK/one/etc"
echo secret >"$WORK/one/etc/shadow"
chown 0:42 "$WORK/one/etc/shadow"
chmod 640 "$WORK/one/etc/shadow"
mkdir -m 555 "$WORK/one/closed"
echo x >"$WORK/one/closed/file"
make_layout ids "$WORK/one"
push_layout ids
chmod 755 "$WORK"
cp "$OCICTL" "$WORK/ocictl"
USER_FILES=$WORK/user
for how in with-subids without-subids; do
  rm -rf "$USER_FILES"
  make_user_files $how
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES"
  mkdir "$WORK/$how" && chown "$TEST_UID:$TEST_UID" "$WORK/$how"
  keep_output_of as_user env CONTAINERS_REGISTRIES_CONF="$CONTAINERS_REGISTRIES_CONF" \
    "$WORK/ocictl" --root "$WORK/$how/store" pull "$REGISTRY/ids"
  expect_status 0
  file=$(echo "$WORK/$how/store/layers"/*/tree/etc/shadow)
  if [ $how = with-subids ]; then
    [ "$(stat -c %u:%g "$file")" = "$TEST_UID:$((FIRST_SUBID + 41))" ] || fail "owner $(stat -c %u:%g "$file")"
  else
    [ "$(stat -c %u:%g "$file")" = "$TEST_UID:$TEST_UID" ] || fail "owner $(stat -c %u:%g "$file")"
    [ "$(getfattr --absolute-names --only-values -n user.containers.override_stat "$file")" = 0:42:0640 ] ||
      fail "the owner is forgotten"
    expect_stderr_has "but you have 1"
    as_user rm -rf "$WORK/$how/store" || fail "its owner can't remove the store"
  fi
done
