#!/bin/bash
# `pull httpd` and `image ls` on a terminal, with mirrors in registries.conf, print what our users' guide shows; without
# a terminal the pull prints plain lines. Only ids and sizes are other ones.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
cat >>"$CONTAINERS_REGISTRIES_CONF" <<CONF
[[registry]]
location = "docker.io"
[[registry.mirror]]
location = "$REGISTRY"
insecure = true
[[registry]]
location = "nvcr.io"
[[registry.mirror]]
location = "$REGISTRY"
insecure = true
CONF
# make REPOSITORY AGE LAYER...: an image that was made AGE ago.
make() {
  local name=${1//\//-} repository=$1 created tars=()
  created=$(date -u -d "$2 ago" +%Y-%m-%dT%H:%M:%SZ)
  shift 2
  for layer; do
    if [ ! -e "$WORK/$layer.tar" ]; then
      mkdir "$WORK/$layer"
      head -c 300000 /dev/urandom >"$WORK/$layer/$layer"
      tar -C "$WORK/$layer" -cf "$WORK/$layer.tar" .
    fi
    tars+=("$WORK/$layer.tar")
  done
  "$TESTS/helpers/make_image.py" "$WORK/$name.oci" "${tars[@]}" --config "{\"created\": \"$created\"}"
  push_layout "$name" "$repository"
}
make library/httpd '37 hours' h1 h2 h3 h4 h5 h6
make library/alpine '9 days' a
make library/ubuntu '10 days' u
push_layout library-ubuntu library/ubuntu:24.04
make nvidia/pytorch '43 days' n1 n2
push_layout nvidia-pytorch nvidia/pytorch:25.06-py3
make library/busybox '310 days' b

# Ids and sizes; the rest stays, blanks at the ends of lines too.
mask() {
  sed -E 's/\b[0-9a-f]{64}\b/ID64/; s/(blob|config) [0-9a-f]{10,12} /\1 ID /; s/\b[0-9a-f]{12}\b/ID12IMAGEID1/; s/[0-9.]+ [kMG]?B *$/SIZE/'
}
on_terminal() {
  python3 "$TESTS/helpers/on_pty.py" --size 24x100 "$OCICTL" --root "$STORE" "$@" |
    python3 "$TESTS/helpers/screen.py" | mask
}
expect_shown() {
  diff <(sed 's/\$$//') <(echo "$2") || fail "$1 prints something else than the guide"
}

# The first time.
expect_shown "pull httpd" "$(on_terminal pull httpd)" <<'GUIDE'
Trying to pull docker.io/library/httpd:latest...
Getting image source signatures
Copying blob ID done   | $
Copying blob ID done   | $
Copying blob ID done   | $
Copying blob ID done   | $
Copying blob ID done   | $
Copying blob ID done   | $
Copying config ID done   | $
Writing manifest to image destination
ID64
GUIDE
# And as the guide has it, with all layers there.
expect_shown "pull httpd again" "$(on_terminal pull httpd)" <<'GUIDE'
Trying to pull docker.io/library/httpd:latest...
Getting image source signatures
Copying blob ID skipped: already exists  $
Copying blob ID skipped: already exists  $
Copying blob ID skipped: already exists  $
Copying blob ID skipped: already exists  $
Copying blob ID skipped: already exists  $
Copying blob ID skipped: already exists  $
Copying config ID done   | $
Writing manifest to image destination
ID64
GUIDE

for name in alpine ubuntu:24.04 ubuntu nvcr.io/nvidia/pytorch:25.06-py3 busybox; do
  ocictl pull -q "$name"
  expect_status 0
done
expect_shown "image ls" "$(on_terminal image ls)" <<'GUIDE'
REPOSITORY                 TAG         IMAGE ID      CREATED        SIZE
docker.io/library/httpd    latest      ID12IMAGEID1  37 hours ago   SIZE
docker.io/library/alpine   latest      ID12IMAGEID1  9 days ago     SIZE
docker.io/library/ubuntu   latest      ID12IMAGEID1  10 days ago    SIZE
docker.io/library/ubuntu   24.04       ID12IMAGEID1  10 days ago    SIZE
nvcr.io/nvidia/pytorch     25.06-py3   ID12IMAGEID1  6 weeks ago    SIZE
docker.io/library/busybox  latest      ID12IMAGEID1  10 months ago  SIZE
GUIDE

# Without a terminal: no bars, nothing is drawn twice.
ocictl rmi httpd
ocictl pull httpd
expect_status 0
[[ $STDOUT =~ ^[0-9a-f]{64}$ ]] || fail "the id alone on stdout: $STDOUT"
[[ $STDERR != *$'\x1b'* && $STDERR != *$'\r'* ]] || fail "it draws without a terminal"
[ "$(grep -cxE 'Copying blob sha256:[0-9a-f]{64}' <<<"$STDERR")" = 6 ] || fail "a line for each layer: $STDERR"
