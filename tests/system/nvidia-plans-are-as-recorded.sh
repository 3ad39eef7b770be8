#!/bin/bash
# What a container would get, for the layouts of common hosts. UPDATE=1 records them anew.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
HOST=$WORK/host
PLANS=$TESTS/system/nvidia
nvidia_host "$HOST"
DEBIAN_LIBRARIES=$HOST/usr/lib/x86_64-linux-gnu

# Moves the libraries to where another host has them.
move_libraries() {
  mkdir -p "$HOST$(dirname "$1")"
  mv "$DEBIAN_LIBRARIES" "$HOST$1"
  DEBIAN_LIBRARIES=$HOST$1
}

# compare NAME [OPTION...]: the plan without the name of our directory.
compare() {
  local name=$1
  shift
  nvidia_hook plan "$@"
  expect_status 0
  sed "s,$HOST,,g" <<<"$STDOUT" >"$WORK/plan.json"
  [ -z "${UPDATE-}" ] || cp "$WORK/plan.json" "$PLANS/$name.json"
  diff -u "$PLANS/$name.json" "$WORK/plan.json" >&2 || fail "another plan for $name"
}

mkdir -p "$WORK"/{debian/usr/lib/x86_64-linux-gnu,rhel/usr/lib64}
compare ubuntu-all --rootfs "$WORK/debian"
compare ubuntu-everything --gpus 'device=1,"capabilities=all"' --rootfs "$WORK/debian"
compare ubuntu-utility-alone --gpus 'none,capabilities=utility' --rootfs "$WORK/rhel"

# Debian's own packages: alternatives lead from the loader's directory to nvidia/current.
mkdir -p "$HOST/etc/alternatives"
move_libraries /usr/lib/x86_64-linux-gnu-nvidia
mkdir -p "$HOST/usr/lib/x86_64-linux-gnu/nvidia"
move_libraries /usr/lib/x86_64-linux-gnu/nvidia/current
ln -s /usr/lib/x86_64-linux-gnu/nvidia/current/libcuda.so.1 "$HOST/etc/alternatives/libcuda.so.1"
ln -s /etc/alternatives/libcuda.so.1 "$HOST/usr/lib/x86_64-linux-gnu/libcuda.so.1"
compare debian --rootfs "$WORK/debian"

move_libraries /usr/lib64
compare rhel --rootfs "$WORK/rhel"

# Google's container hosts: all of the driver below /usr/local/nvidia, the programs too.
mkdir -p "$HOST/usr/local/nvidia/bin"
move_libraries /usr/local/nvidia/lib64
mv "$HOST/usr/bin/nvidia-smi" "$HOST/usr/local/nvidia/bin/"
compare gke --rootfs "$WORK/debian"

# NixOS: links into the store.
move_libraries /nix/store/abc-nvidia-x11-580.159.03/lib
mkdir -p "$HOST/run/opengl-driver"
ln -s /nix/store/abc-nvidia-x11-580.159.03/lib "$HOST/run/opengl-driver/lib"
compare nixos --rootfs "$WORK/debian"

# Anywhere else: the cache of the host's loader knows.
rm "$HOST/run/opengl-driver/lib"
move_libraries /srv/driver/lib
echo /srv/driver/lib >"$HOST/etc/ld.so.conf"
ldconfig -r "$HOST"
compare loader-cache --rootfs "$WORK/debian"

# A GPU that is cut into slices, one that has none and one that is out of use; graphics.
rm -rf "$HOST"
nvidia_host "$HOST" mig=yes gpus=3
sed -i 's/Excluded:.*/Excluded: Yes/' "$HOST/proc/driver/nvidia/gpus/0000:39:00.0/information"
compare mig --gpus all --rootfs "$WORK/debian"
compare mig-slice --gpus '0:1,capabilities=compute' --rootfs "$WORK/rhel"
