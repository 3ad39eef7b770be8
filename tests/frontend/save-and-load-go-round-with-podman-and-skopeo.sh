#!/bin/bash
# What ocictl saves podman and skopeo read, and what they save ocictl loads: the image keeps its id, and its trees
# are those of podman.
source "$(dirname "$0")/lib.sh"
need_root
need_command podman
need_command skopeo
POD=(env -u REGISTRY_AUTH_FILE podman --root "$WORK/pod" --runroot "$WORK/podrun" --log-level=error)
trap 'umount "$WORK/pod/overlay" 2>/dev/null || true' EXIT

mkdir -p "$WORK"/one/{bin,etc,var/lib} "$WORK"/two/{etc,var}
echo program >"$WORK/one/bin/program"
chmod 4755 "$WORK/one/bin/program"
ln "$WORK/one/bin/program" "$WORK/one/bin/again"
ln -s ../bin/program "$WORK/one/etc/link"
chown 100:101 "$WORK/one/var/lib"
touch -d '2001-02-03 04:05:06' "$WORK/one/etc/old"
setfattr -n user.colour -v blue "$WORK/one/etc/old"
truncate -s 3M "$WORK/one/sparse"
echo end >>"$WORK/one/sparse"
touch "$WORK/two/etc/.wh.old" "$WORK/two/var/.wh..wh..opq"
head -c 500000 /dev/urandom >"$WORK/two/var/new"
make_layout odd "$WORK/one" "$WORK/two"

ocictl load -q -i "$WORK/odd.oci"
expect_status 0
[ "$STDOUT" = "Loaded image: localhost/latest:latest" ] || fail "the name of the layout's image is its ref.name"
ocictl tag latest example.org/odd:1
ocictl untag latest latest
ID=$(jq -r '.manifests[0].digest' "$WORK/odd.oci/index.json" | cut -d: -f2 |
  xargs -I{} jq -r .config.digest "$WORK/odd.oci/blobs/sha256/{}" | cut -d: -f2)

# same_trees IMAGE: the trees of podman's image and of ours are the same.
same_trees() {
  local field ours theirs
  for field in UpperDir LowerDir; do
    ours=$("$OCICTL" --root "$STORE" image inspect -f "{{.GraphDriver.Data.$field}}" "$1")
    theirs=$("${POD[@]}" image inspect -f "{{.GraphDriver.Data.$field}}" "$1")
    diff <("$TESTS/helpers/list_tree.py" "$theirs") <("$TESTS/helpers/list_tree.py" "$ours") ||
      fail "the trees differ ($field, $2)"
  done
}

for format in docker-archive oci-archive oci-dir docker-dir; do
  saved=$WORK/saved.$format
  ocictl save -q --format $format -o "$saved" example.org/odd:1
  expect_status 0
  case $format in
    docker-dir) skopeo copy -q --dest-tls-verify=false "dir:$saved" "oci-archive:$WORK/dir.tar:example.org/odd:1"
      "${POD[@]}" load -q -i "$WORK/dir.tar" >/dev/null ;;
    oci-dir) skopeo copy -q "oci:$saved:example.org/odd:1" "docker-archive:$WORK/dir2.tar:example.org/odd:1"
      "${POD[@]}" load -q -i "$WORK/dir2.tar" >/dev/null ;;
    *) got=$("${POD[@]}" load -q -i "$saved")
      [ "$got" = "Loaded image: example.org/odd:1" ] || fail "podman says of $format: $got" ;;
  esac
  got=$("${POD[@]}" image inspect -f '{{.Id}}' example.org/odd:1)
  # skopeo writes configs anew where it turns Docker's manifest into OCI's.
  [ "$got" = "$ID" ] || [ $format = docker-dir ] || [ $format = oci-dir ] || fail "podman got $got from $format"
  same_trees example.org/odd:1 "$format to podman"
  "${POD[@]}" rmi -f example.org/odd:1 >/dev/null

  # Our own way back, into an empty store.
  keep_output_of "$OCICTL" --root "$WORK/other" load -q -i "$saved"
  expect_status 0
  got=$("$OCICTL" --root "$WORK/other" images -q --no-trunc)
  [ "$got" = "sha256:$ID" ] || fail "$format loads as $got"
  keep_output_of "$OCICTL" --root "$WORK/other" image verify
  expect_status 0
  keep_output_of "$OCICTL" --root "$WORK/other" system reset -f
  expect_status 0
done

# Podman's own archives, each into an empty store.
# As OCI: of what it has as Docker's, podman writes the config anew for the OCI formats.
"${POD[@]}" load -q -i "$WORK/saved.oci-archive" >/dev/null
for format in docker-archive oci-archive oci-dir docker-dir; do
  "${POD[@]}" save -q --format $format -o "$WORK/theirs.$format" example.org/odd:1
  ocictl system reset -f
  ocictl load -q -i "$WORK/theirs.$format"
  expect_status 0
  case $format in
    docker-dir) [ "$STDOUT" = "Loaded image: sha256:$ID" ] || fail "podman's $format: $STDOUT"
      ocictl tag "$ID" example.org/odd:1 ;;
    *) [ "$STDOUT" = "Loaded image: example.org/odd:1" ] || fail "podman's $format: $STDOUT" ;;
  esac
  [ "$("$OCICTL" --root "$STORE" images -q --no-trunc)" = "sha256:$ID" ] || fail "podman's $format has another id here"
  same_trees example.org/odd:1 "$format of podman"
done
