#!/bin/bash
# Images and lists of Docker's schema 2 are pulled; several images, all tags and all platforms in one call; what was
# pulled for all platforms is saved and loaded so.
source "$(dirname "$0")/lib.sh"
need_root
need_command podman
need_command skopeo
start_registry </dev/null
for arch in amd64 arm64; do
  mkdir "$WORK/$arch"
  echo "$arch" >"$WORK/$arch/arch"
  tar -C "$WORK/$arch" -cf "$WORK/$arch.tar" .
  "$TESTS/helpers/make_image.py" "$WORK/$arch.oci" "$WORK/$arch.tar" --config "{\"architecture\": \"$arch\"}"
  skopeo copy -q --format v2s2 --dest-tls-verify=false "oci:$WORK/$arch.oci:latest" "docker://$REGISTRY/many:$arch" >/dev/null
done
# Docker's list over both, as docker makes it.
python3 - "$REGISTRY" <<'PYTHON'
import hashlib, json, sys, urllib.request
base = f"http://{sys.argv[1]}/v2/many/manifests/"
kind = "application/vnd.docker.distribution.manifest.v2+json"
entries = []
for arch in ("arm64", "amd64"):
    request = urllib.request.Request(base + arch, headers={"Accept": kind})
    with urllib.request.urlopen(request) as answer:
        assert answer.headers["Content-Type"] == kind
        text = answer.read()
    entries.append({"mediaType": kind, "size": len(text), "digest": "sha256:" + hashlib.sha256(text).hexdigest(),
                    "platform": {"os": "linux", "architecture": arch}})
kind = "application/vnd.docker.distribution.manifest.list.v2+json"
body = json.dumps({"schemaVersion": 2, "mediaType": kind, "manifests": entries}).encode()
request = urllib.request.Request(base + "latest", body, {"Content-Type": kind}, method="PUT")
urllib.request.urlopen(request)
PYTHON

arch_of() {
  "$OCICTL" --root "$STORE" image inspect -f '{{.Architecture}} {{.ManifestType}}' "$1"
}
DOCKER=application/vnd.docker.distribution.manifest.v2+json
HOST=$("$OCICTL" --root "$STORE" import -q "$WORK/amd64.tar" host >/dev/null; arch_of host | cut -d' ' -f1)
OTHER=arm64
[ "$HOST" = amd64 ] || OTHER=amd64
ocictl rmi host

ocictl pull -q "$REGISTRY/many"
expect_status 0
[ "$(arch_of "$STDOUT")" = "$HOST $DOCKER" ] || fail "of a list, this machine's: $(arch_of "$STDOUT")"
[ -z "$STDERR" ] || fail "-q prints progress: $STDERR"
ocictl pull -q --platform "linux/$OTHER" "$REGISTRY/many"
[ "$(arch_of "$STDOUT")" = "$OTHER $DOCKER" ] || fail "--platform: $(arch_of "$STDOUT")"
ocictl pull --platform linux/s390x "$REGISTRY/many"
expect_status 125
expect_stderr_has "there is no image for linux/s390x"
expect_stderr_has "there is one for linux/arm64, linux/amd64"
# Both are here; a verb may say which it means.
for arch in amd64 arm64; do
  ocictl image inspect --platform linux/$arch -f '{{.Architecture}}' "$REGISTRY/many"
  [ "$STDOUT" = $arch ] || fail "inspect --platform linux/$arch: $STDOUT"
done
ocictl history --platform linux/riscv64 "$REGISTRY/many"
expect_status 125
expect_stderr_has "is not here for linux/riscv64"

ocictl system reset -f
ocictl pull -q "$REGISTRY/many:amd64" "$REGISTRY/many:arm64"
expect_status 0
[ "$(wc -l <<<"$STDOUT")" = 2 ] || fail "several images in one call: $STDOUT"
ocictl system reset -f
ocictl pull -q --all-tags "$REGISTRY/many"
expect_status 0
ocictl images --sort tag --format '{{.Tag}}'
[ "$(sort -u <<<"$STDOUT" | paste -sd' ')" = "amd64 arm64 latest" ] || fail "--all-tags: $STDOUT"

ocictl system reset -f
ocictl pull -q --all-platforms "$REGISTRY/many"
expect_status 0
[ "$(arch_of "$REGISTRY/many")" = "$HOST $DOCKER" ] || fail "the name means $(arch_of "$REGISTRY/many")"
ocictl save -q --all-platforms -o "$WORK/all.tar" "$REGISTRY/many"
expect_status 125
expect_stderr_has "--all-platforms is for the formats oci-archive and oci-dir"
ocictl save -q --all-platforms --format oci-archive -o "$WORK/all.tar" "$REGISTRY/many"
expect_status 0
for arch in amd64 arm64; do
  keep_output_of "$OCICTL" --root "$WORK/other" load -q --platform linux/$arch -i "$WORK/all.tar"
  expect_status 0
  got=$("$OCICTL" --root "$WORK/other" image inspect -f '{{.Architecture}}' "$REGISTRY/many")
  [ "$got" = $arch ] || fail "load --platform linux/$arch of all: $got"
  # Skopeo reads the same index.
  skopeo copy -q --override-arch $arch "oci-archive:$WORK/all.tar:$REGISTRY/many:latest" "dir:$WORK/dir.$arch"
  got=$(jq -r '.config.digest' "$WORK/dir.$arch/manifest.json" | cut -d: -f2 | xargs -I{} jq -r .architecture "$WORK/dir.$arch/{}")
  [ "$got" = $arch ] || fail "skopeo got $got"
done
# One platform of what is here, and back into podman.
ocictl save -q --platform "linux/$OTHER" -o "$WORK/one.tar" "$REGISTRY/many"
expect_status 0
tar -xOf "$WORK/one.tar" manifest.json | grep -q "$REGISTRY/many:latest" || fail "a saved platform keeps the name"
POD=(env -u REGISTRY_AUTH_FILE podman --root "$WORK/pod" --runroot "$WORK/podrun" --log-level=error)
"${POD[@]}" load -q -i "$WORK/one.tar" >/dev/null
got=$("${POD[@]}" image inspect -f '{{.Architecture}}' "$REGISTRY/many")
umount "$WORK/pod/overlay" 2>/dev/null || true
[ "$got" = "$OTHER" ] || fail "podman got $got"
