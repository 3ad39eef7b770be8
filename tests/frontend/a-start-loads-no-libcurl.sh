#!/bin/bash
# libcurl and the thirty libraries behind it are loaded by what speaks to a registry, not by every start; without it
# those commands say what to install, and the others work.
source "$(dirname "$0")/lib.sh"
need_command readelf
for library in libcurl libcrypto libstdc; do
  ! readelf -d "$OCICTL" | grep NEEDED | grep -F "$library" || fail "every start loads $library"
done
[ "$(id -u)" = 0 ] || { echo "needs root, to hide libcurl"; exit 77; }
LIBRARY=$(ldconfig -p | sed -nE 's/.*libcurl\.so\.4 .*=> //p' | head -n 1)
[ -n "$LIBRARY" ] || fail "the loader knows no libcurl"
without_libcurl() {
  keep_output_of unshare --mount --propagation private sh -c 'mount --bind /dev/null "$0" && exec "$@"' "$(realpath "$LIBRARY")" \
    "$OCICTL" --root "$STORE" "$@"
  CALL="ocictl $* without libcurl"
}
without_libcurl pull localhost:1/nothing
expect_status 125
expect_stderr_has "libcurl.so.4"
expect_stderr_has "apt-get install libcurl4"
without_libcurl images
expect_status 0
