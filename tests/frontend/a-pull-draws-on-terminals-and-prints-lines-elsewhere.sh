#!/bin/bash
# On a terminal a pull draws a bar for each layer, which ends as podman's lines do, blanks at their ends too; without
# one it prints a plain line for each.
source "$(dirname "$0")/lib.sh"
start_registry </dev/null
for name in h1 h2; do
  mkdir "$WORK/$name"
  head -c 300000 /dev/urandom >"$WORK/$name/$name"
done
make_layout httpd "$WORK/h1" "$WORK/h2"
push_layout httpd

mask() {
  sed -E 's/\b[0-9a-f]{64}\b/ID64/; s/(blob|config) [0-9a-f]{10,12} /\1 ID /'
}
SHOWN=$(python3 "$TESTS/helpers/on_pty.py" --size 24x100 "$OCICTL" --root "$STORE" pull "$REGISTRY/httpd" |
  python3 "$TESTS/helpers/screen.py" | mask)
expect_equal "$SHOWN" "Trying to pull $REGISTRY/httpd:latest...
Getting image source signatures
Copying blob ID done   | 
Copying blob ID done   | 
Copying config ID done   | 
Writing manifest to image destination
ID64" "what a terminal shows"

ocictl rmi "$REGISTRY/httpd"
ocictl pull "$REGISTRY/httpd"
expect_status 0
[[ $STDOUT =~ ^[0-9a-f]{64}$ ]] || fail "the id alone on stdout: $STDOUT"
[[ $STDERR != *$'\x1b'* && $STDERR != *$'\r'* ]] || fail "it draws without a terminal"
[ "$(grep -cxE 'Copying blob sha256:[0-9a-f]{64}' <<<"$STDERR")" = 2 ] || fail "a line for each layer: $STDERR"
