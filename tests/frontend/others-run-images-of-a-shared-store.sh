#!/bin/bash
# What an administrator pulled into a shared store all users run, without a copy, and none of them can change it.
source "$(dirname "$0")/containers_lib.sh"
need_root
start_registry </dev/null
import_busybox
chmod 755 "$WORK"
mkdir "$WORK/bin"
cp "$OCICTL" "$OCIRT" "$(dirname "$OCIRT")/ocirt-shim" "$WORK/bin"
OCICTL=$WORK/bin/ocictl

# Two layers: the second hides a directory of the first and has what only its owner may read.
mkdir -p "$WORK/top"/{etc,home/user}
cp -a "$WORK/tree" "$WORK/base"
mkdir -p "$WORK/base/gone/inner" "$WORK/base/kept"
touch "$WORK/top/.wh.gone"
echo secret >"$WORK/top/etc/shadow" && chmod 640 "$WORK/top/etc/shadow" && chown 0:42 "$WORK/top/etc/shadow"
echo his >"$WORK/top/home/user/file" && chown -R "$TEST_UID:$TEST_UID" "$WORK/top/home/user"
chmod 700 "$WORK/top/home/user"
cp "$(command -v busybox)" "$WORK/top/escalate" && chmod 6755 "$WORK/top/escalate"
setcap cap_setuid+ep "$WORK/top/home/user/file"
touch "$WORK/top/open" && chmod 666 "$WORK/top/open"
mkfifo -m 666 "$WORK/top/fifo"
make_layout lab "$WORK/base" "$WORK/top"
push_layout lab

# A store that has images is not opened to all; nor one below a directory that lets nobody through.
ocictl system share
expect_status 125
expect_error_contains "has images already"
mkdir -m 700 "$WORK/closed"
STORE=$WORK/closed/store
ocictl system share
expect_status 125
expect_error_contains "\"$WORK/closed\" has mode 0700"
STORE=$WORK/shared
ocictl system share
expect_status 0
expect_stdout "$STORE"
(umask 077 && "$OCICTL" --root "$STORE" pull -q "$REGISTRY/lab") || fail "root can't pull into the shared store"

# Nothing there has set-id bits or capabilities, belongs to a user, or can be written to by others.
top=$(top_tree "$REGISTRY/lab")
expect_equal "$(find "$STORE/layers" \( -perm /6000 -o -not -user 0 -o -perm /022 -o -perm /111 -type p \) -not -type l)" "" \
  "what others could misuse"
[ "$(getcap -r "$STORE/layers")" = "" ] || fail "a file has capabilities"
expect_equal "$(find "$STORE" -maxdepth 1 -type d -perm 700 -printf '%f\n' | sort)" $'partial\ntrash' "what stays private"
expect_equal "$(getfattr --absolute-names --only-values -n user.containers.override_stat "$top/escalate")" 0:0:6755 "its mode"

# Root's other stores stay closed, and one that can't be read is named.
export REGISTRY
for how in with-subids without-subids; do
  USER_FILES=$WORK/user-$how
  make_user_files $how
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES/home" "$USER_FILES/xdg"
  STORE=$USER_FILES/home/store
  RUN_AS=(as_user env OCICTL_RUNROOT="$USER_FILES/xdg/run" OCICTL_ADDITIONAL_STORES="$WORK/shared")
  export OCICTL_RUNROOT=$USER_FILES/xdg/run
  ocictl --additional-store "$WORK/store" images
  expect_status 125
  expect_error_contains "additional store \"$WORK/store\""
  expect_error_contains "system share"

  ocictl images --format '{{.Repository}} {{.ReadOnly}}'
  expect_stdout "$REGISTRY/lab true"
  run --rm --read-only "$REGISTRY/lab" sh -c 'id -u; cat /etc/shadow /home/user/file; ls / | tr "\n" " "'
  expect_status 0
  expect_stdout $'0\nsecret\n'"$(head -c 4 "$WORK/top/home/user/file")"$'\nbin dev escalate etc fifo home kept open proc root run sys tmp var '

  # Also to be written to, but for what is there already; and by as much as is written.
  run --name one "$REGISTRY/lab" sh -c 'cd /etc && echo new >new && rm shadow && echo mine >shadow && cat shadow &&
    touch /tmp/x /kept/y && stat -c %a /tmp /home/user && (echo changed >/open) 2>/dev/null || echo refused'
  expect_status 0
  expect_stdout $'mine\n1777\n700\nrefused'
  ocictl diff one
  [[ $STDOUT == *"A /etc/new"* && $STDOUT == *"C /etc/shadow"* && $STDOUT != *home* ]] || fail "diff: $STDOUT"
  expect_equal "$(cat "$top/etc/shadow")" secret "the shared file"
  ocictl start -a one
  [[ $STDOUT == mine* ]] || fail "the second start: $STDOUT"
  expect_equal "$(ls "$STORE/layers")" "" "what was copied into the user's store"
  ocictl rmi "$REGISTRY/lab"
  [ "$STATUS" != 0 ] || fail "a user removed an image of the shared store"
  remove_containers
done

# From the administrator's list, and pushed and verified from there.
mkdir -p "$WORK/etc"
cat >"$WORK/listed" <<SCRIPT
mkdir -p "$WORK/over" && mount -t tmpfs none "$WORK/over" && mkdir "$WORK/over/u" "$WORK/over/w" &&
mount -t overlay -o lowerdir=/etc,upperdir="$WORK/over/u",workdir="$WORK/over/w" none /etc &&
mkdir -p /etc/ocirt && printf '# the lab\n/nowhere\n$WORK/shared\n' >/etc/ocirt/additional-stores &&
"$OCICTL" --root "$WORK/mine" images -q && "$OCICTL" --root "$WORK/mine" image verify "$REGISTRY/lab" &&
"$OCICTL" --root "$WORK/mine" push -q "$REGISTRY/lab" "$REGISTRY/again"
SCRIPT
unshare -m bash "$WORK/listed" >"$WORK/out" 2>&1 || fail "the list: $(cat "$WORK/out")"
expect_equal "$(skopeo inspect --tls-verify=false "docker://$REGISTRY/again" --format '{{.Layers}}' | wc -w)" 2 "layers pushed"
RUN_AS=()
STORE=$WORK/shared
ocictl rmi "$REGISTRY/lab"
expect_status 0
expect_equal "$(ls "$STORE/layers")" "" "the layers after rmi"
