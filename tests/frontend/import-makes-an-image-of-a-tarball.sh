#!/bin/bash
# import takes a tarball from a file, stdin or a web server, compressed or not; --change and --message are in the
# config, and podman's import of the same has the same.
source "$(dirname "$0")/lib.sh"
need_root
need_command podman
mkdir -p "$WORK/one/bin" "$WORK/web"
echo content >"$WORK/one/bin/file"
tar -C "$WORK/one" -cf "$WORK/web/image.tar" .
gzip -k "$WORK/web/image.tar"
POD=(env -u REGISTRY_AUTH_FILE podman --root "$WORK/pod" --runroot "$WORK/podrun" --log-level=error)
trap 'umount "$WORK/pod/overlay" 2>/dev/null || true' EXIT

CHANGES=(-c 'CMD ["/bin/file","a b"]' -c 'ENTRYPOINT /run it' -c 'ENV A=b' -c 'ENV=F=g' -c 'EXPOSE 80'
  -c 'EXPOSE 53/udp' -c 'LABEL x=y' -c 'USER 5:6' -c 'VOLUME /data' -c 'WORKDIR /w')
ocictl import -m 'from a tarball' "${CHANGES[@]}" "$WORK/web/image.tar" name:v1
expect_status 0
[[ $STDOUT =~ ^sha256:[0-9a-f]{64}$ ]] || fail "import prints the id: $STDOUT"
"${POD[@]}" import -q -m 'from a tarball' "${CHANGES[@]}" "$WORK/web/image.tar" name:v1 >/dev/null
for field in .Config .Comment .RootFS .RepoTags .Os .Architecture .ManifestType; do
  ours=$("$OCICTL" --root "$STORE" image inspect -f "{{json $field}}" name:v1 | jq -S . 2>&1)
  theirs=$("${POD[@]}" image inspect -f "{{json $field}}" name:v1 | jq -S . 2>&1)
  [ "$ours" = "$theirs" ] || fail "$field: $ours, and podman: $theirs"
done

# What podman 4.3.1 takes no notice of, or keeps in another form than docker.
ocictl import -q -c 'ENV A=b C="d e"' -c 'ONBUILD RUN true' -c 'STOPSIGNAL SIGINT' "$WORK/web/image.tar" more
got=$("$OCICTL" --root "$STORE" image inspect -f '{{json .Config}}' more)
[ "$got" = '{"Env":["A=b","C=d e"],"OnBuild":["RUN true"],"StopSignal":"SIGINT"}' ] || fail "the config: $got"

DIFF_ID=sha256:$(sha256sum <"$WORK/web/image.tar" | cut -d' ' -f1)
expect_layer() {
  expect_status 0
  [ "$("$OCICTL" --root "$STORE" image inspect -f '{{index .RootFS.Layers 0}}' "${STDOUT#sha256:}")" = "$DIFF_ID" ] ||
    fail "$1 made another layer"
}
keep_output_of "$OCICTL" --root "$STORE" import - <"$WORK/web/image.tar.gz"
expect_layer "stdin with gzip"
split -b 4000 "$WORK/web/image.tar" "$WORK/part."
cat <(for part in "$WORK"/part.*; do gzip -c "$part"; done) >"$WORK/members.tar.gz"
ocictl import "$WORK/members.tar.gz" members
expect_layer "a gzip of many members"
ocictl import --platform linux/arm64/v8 "$WORK/web/image.tar" arm
expect_layer "a file"
[ "$("$OCICTL" --root "$STORE" image inspect -f '{{.Os}}/{{.Architecture}}' arm)" = linux/arm64 ] || fail "the platform"

PORT=$(free_port)
# It redirects /moved to the tarball.
cat >"$WORK/server.py" <<'PYTHON'
import functools, http.server, sys
class Handler(http.server.SimpleHTTPRequestHandler):
    def do_GET(self):
        if self.path == "/moved":
            self.send_response(302)
            self.send_header("Location", "/image.tar.gz")
            self.end_headers()
        else:
            super().do_GET()
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), functools.partial(Handler, directory=sys.argv[2])).serve_forever()
PYTHON
spawn python3 "$WORK/server.py" "$PORT" "$WORK/web" >/dev/null 2>&1
disown "$HELPER"
wait_until bash -c "exec 3<>/dev/tcp/127.0.0.1/$PORT"
ocictl import "http://127.0.0.1:$PORT/moved"
expect_layer "a web server"
ocictl import "http://127.0.0.1:$PORT/nonesuch"
expect_status 125
expect_stderr_has "http://127.0.0.1:$PORT/nonesuch: the server says 404"

ocictl import -c 'RUN x' "$WORK/web/image.tar"
expect_status 125
expect_stderr_has '"RUN" is none of CMD, ENTRYPOINT, ENV'
echo junk >"$WORK/junk"
ocictl import "$WORK/junk"
expect_status 125
[ -z "$(ls "$STORE/partial")" ] || fail "a failed import left something"
