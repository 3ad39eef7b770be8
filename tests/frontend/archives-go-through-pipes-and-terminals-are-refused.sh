#!/bin/bash
# save to stdout and load from stdin, plain and compressed; several images in one archive; terminals are refused; what
# failed leaves nothing behind.
source "$(dirname "$0")/lib.sh"
need_command zstd
for name in one two; do
  mkdir "$WORK/$name"
  head -c 200000 /dev/urandom >"$WORK/$name/$name"
done
make_layout a "$WORK/one"
make_layout b "$WORK/one" "$WORK/two"
for name in a b; do
  ocictl load -q -i "$WORK/$name.oci"
  expect_status 0
  ocictl tag latest "$name:1"
  ocictl untag latest latest
done
IDS=$("$OCICTL" --root "$STORE" images -q --no-trunc | sort)

into_other() {
  keep_output_of "$OCICTL" --root "$WORK/other" "$@"
}
expect_loaded() {
  expect_status 0
  [ "$STDOUT" = $'Loaded image: localhost/a:1\nLoaded image: localhost/b:1' ] || fail "loaded: $STDOUT"
  [ "$("$OCICTL" --root "$WORK/other" images -q --no-trunc | sort)" = "$IDS" ] || fail "$1: other images"
  into_other system reset -f
}
for format in docker-archive oci-archive; do
  "$OCICTL" --root "$STORE" save -q -m --format $format a:1 b:1 | cat >"$WORK/all.tar"
  into_other load -q <"$WORK/all.tar"
  expect_loaded "$format by a file"
  for filter in cat gzip 'zstd -q'; do
    $filter <"$WORK/all.tar" | cat >"$WORK/all.filtered"
    # shellcheck disable=SC2002 # a pipe is what is tested
    keep_output_of bash -c "cat '$WORK/all.filtered' | '$OCICTL' --root '$WORK/other' load -q"
    expect_loaded "$format by a pipe and $filter"
    into_other load -q -i "$WORK/all.filtered"
    expect_loaded "$format by $filter"
  done
done
# The layer that both have is in the archive once.
[ "$(tar tf "$WORK/all.tar" | sort | uniq -d)" = "" ] || fail "a file is in the archive twice"

# More names for one image.
ocictl save -q -o "$WORK/named.tar" a:1 other/name:2
expect_status 0
into_other load -q -i "$WORK/named.tar"
[ "$STDOUT" = $'Loaded image: localhost/a:1\nLoaded image: localhost/other/name:2' ] || fail "names: $STDOUT"

# Terminals.
keep_output_of python3 "$TESTS/helpers/on_pty.py" "$OCICTL" --root "$STORE" save a:1
[[ $STDOUT == *"refusing to save to terminal. Use -o flag or redirect"* ]] || fail "saved to a terminal: $STDOUT"
keep_output_of python3 "$TESTS/helpers/on_pty.py" "$OCICTL" --root "$STORE" load
[[ $STDOUT == *"cannot read from terminal, use command-line redirection or the --input flag"* ]] ||
  fail "loaded from a terminal: $STDOUT"

# A damaged store: the file that was there stays, and no half one beside it.
echo old >"$WORK/kept.tar"
FILE=$("$OCICTL" --root "$STORE" image inspect -f '{{.GraphDriver.Data.UpperDir}}' a:1)/one
printf x | dd of="$FILE" bs=1 seek=77 conv=notrunc status=none
ocictl save -q --format oci-archive -o "$WORK/kept.tar" a:1
expect_status 125
expect_stderr_has "its files were changed"
[ "$(cat "$WORK/kept.tar")" = old ] || fail "a failed save took the file that was there"
[ -z "$(find "$WORK" -maxdepth 1 -name '.kept*')" ] || fail "a failed save left half a file"

# What is no archive.
echo junk >"$WORK/junk"
ocictl load -i "$WORK/junk"
expect_status 125
expect_stderr_has "$WORK/junk: it is no tar archive"
tar -C "$WORK" -cf "$WORK/empty.tar" one
ocictl load -i "$WORK/empty.tar"
expect_status 125
expect_stderr_has "payload does not match any of the supported image formats"
head -c 150000 "$WORK/all.tar" >"$WORK/cut.tar"
ocictl load -i "$WORK/cut.tar"
expect_status 125
[ -z "$(ls "$STORE/partial")" ] || fail "a failed load left something: $(ls "$STORE/partial")"
