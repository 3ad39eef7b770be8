# shellcheck shell=bash
# A Debian rootfs, made once by mmdebstrap and kept outside the tree. Sourced by lib.sh.

# Replaces the bundle's rootfs.
debian_rootfs() {
  local cache=${XDG_CACHE_HOME:-$HOME/.cache}/ocirt-tests
  local tar=$cache/debian-bookworm.tar
  need_command mmdebstrap
  mkdir -p "$cache"
  (
    flock -w 50 9 || exit 1
    [ -s "$tar" ] || {
      timeout 50 mmdebstrap --quiet --variant=essential --dpkgopt='path-exclude=/usr/share/doc/*' \
        --dpkgopt='path-exclude=/usr/share/man/*' --dpkgopt='path-exclude=/usr/share/locale/*' \
        bookworm "$cache/new.tar" &>"$cache/log" && mv "$cache/new.tar" "$tar"
    }
  ) 9>"$cache/lock" || skip "mmdebstrap made no rootfs within 50 s: $(tail -1 "$cache/log")"
  rm -rf "$ROOTFS"
  mkdir "$ROOTFS"
  tar -C "$ROOTFS" --numeric-owner --exclude=./dev/* -xf "$tar"
}
