#!/bin/bash
# What our users' guide for podman tells them to type shows a plain user the same, whether or not the user has
# subordinate ids.
source "$(dirname "$0")/guide_lib.sh"
need_command pasta
# Everybody may use it where there is a udev; here in a /dev/net of our own.
mount -t tmpfs none /dev/net
mknod -m 666 /dev/net/tun c 10 200
chmod 666 /dev/net/tun # whatever the umask
prepare_guide
SHELL_PLACE=$USER_FILES/home
for how in with-subids without-subids; do
  rm -rf "$USER_FILES"
  make_user_files $how
  chown -R "$TEST_UID:$TEST_UID" "$USER_FILES"
  STORE=$USER_FILES/home/.local/share/ocirt
  OCICTL_RUNROOT=$USER_FILES/xdg/ocictl
  RUN_AS=(as_user env OCICTL_RUNROOT="$OCICTL_RUNROOT" CONTAINERS_REGISTRIES_CONF="$CONTAINERS_REGISTRIES_CONF")
  pull_images
  follow podman-guide
  remove_containers
done
