# shellcheck shell=bash
# What a hostile image has at the places that GPUs are given at: each function prepares one in $ROOTFS. Sourced by
# tests of the hook and of the runtime, on top of nvidia_container.bash, after make_canary.
echo secret >"$WORK/secret"

directory_is_a_link() {
  rm -rf "${ROOTFS:?}$TRIPLET"
  ln -s "$CANARY/empty" "$ROOTFS$TRIPLET"
}
directory_leads_up() {
  rm -rf "${ROOTFS:?}$TRIPLET"
  ln -s "../../../../../../../..$CANARY/empty" "$ROOTFS$TRIPLET"
}
# The mounts of all its libraries go where the host's are.
directory_is_the_host() {
  rm -rf "${ROOTFS:?}/usr/lib"
  ln -s "/proc/1/root$CANARY/empty" "$ROOTFS/usr/lib"
}
lib_is_a_loop() {
  rm -rf "${ROOTFS:?}/usr/lib"
  ln -s lib "$ROOTFS/usr/lib"
}
links_are_directories() {
  mkdir -p "$ROOTFS$TRIPLET/libcuda.so.1/x" "$ROOTFS$TRIPLET/libcuda.so"
}
run_is_a_link() {
  rm -rf "${ROOTFS:?}/run"
  ln -s "$CANARY" "$ROOTFS/run"
}
proc_is_a_link() {
  rm -rf "${ROOTFS:?}/proc"
  ln -s "$CANARY" "$ROOTFS/proc"
}
files_are_links() {
  ln -s "$CANARY/f" "$ROOTFS$TRIPLET/libcuda.so.580.159.03"
  ln -s "$CANARY/new" "$ROOTFS$TRIPLET/libnvidia-ml.so.580.159.03"
  ln -s "$CANARY/f" "$ROOTFS$TRIPLET/libcuda.so.1"
  rm -f "$ROOTFS/usr/bin/nvidia-smi"
  ln -s "$CANARY/full/a" "$ROOTFS/usr/bin/nvidia-smi"
}
cache_is_a_link() {
  ln -s "$WORK/secret" "$ROOTFS/etc/ld.so.cache"
}
cache_is_a_directory() {
  mkdir -p "$ROOTFS/etc/ld.so.cache"
}
cache_is_huge() {
  truncate -s 1T "$ROOTFS/etc/ld.so.cache"
}
cache_is_a_fifo() {
  mkfifo "$ROOTFS/etc/ld.so.cache"
}
etc_is_a_link() {
  rm -rf "${ROOTFS:?}/etc"
  ln -s "$CANARY" "$ROOTFS/etc"
}
cache_is_garbage() {
  printf 'glibc-ld.so.cache1.1\xff\xff\xff\xff\xff\xff\xff\xff%s' "$(head -c 4096 /dev/zero | tr '\0' '\377')" >"$ROOTFS/etc/ld.so.cache"
}
compat_is_the_host() {
  mkdir -p "$ROOTFS/usr/local/cuda"
  ln -s / "$ROOTFS/usr/local/cuda/compat"
}
compat_libraries_are_links() {
  mkdir -p "$ROOTFS/usr/local/cuda/compat"
  ln -s "$WORK/secret" "$ROOTFS/usr/local/cuda/compat/libcuda.so.999.1.2"
  mkfifo "$ROOTFS/usr/local/cuda/compat/libcuda.so.999.1.3"
}
# A soname that leads away, and a note that grows.
compat_is_a_fake() {
  mkdir -p "$ROOTFS/usr/local/cuda/compat"
  nvidia_library "$ROOTFS/usr/local/cuda/compat/libcuda.so.999.1.2" "../../../../..$CANARY/new"
}
ldconfig_is_theirs() {
  mkdir -p "$ROOTFS/sbin"
  printf '#!/bin/sh\necho pwned >%s/pwned\n' "$CANARY" >"$ROOTFS/sbin/ldconfig"
  chmod 755 "$ROOTFS/sbin/ldconfig"
  ln -s "$CANARY" "$ROOTFS/etc/ld.so.conf.d"
}
links_change_meanwhile() {
  ln -s "$CANARY/empty" "$ROOTFS/usr/lib/other"
  start_racer "$ROOTFS$TRIPLET" "$ROOTFS/usr/lib/other"
}
dev_is_a_link() {
  config '.mounts |= map(select(.destination | startswith("/dev") | not))'
  rm -rf "${ROOTFS:?}/dev"
  ln -s "$CANARY/empty" "$ROOTFS/dev"
}

# Those that a container survives, and those after which it may also fail to start.
# shellcheck disable=SC2034  # for tests
HARMLESS_ATTACKS=(cache_is_garbage cache_is_a_fifo compat_is_the_host compat_libraries_are_links compat_is_a_fake
  ldconfig_is_theirs files_are_links cache_is_huge)
# shellcheck disable=SC2034  # likewise
OTHER_ATTACKS=(directory_is_a_link directory_leads_up directory_is_the_host cache_is_a_link cache_is_a_directory
  etc_is_a_link dev_is_a_link proc_is_a_link run_is_a_link links_are_directories lib_is_a_loop)

# expect_host_untouched: nothing of the host was changed, shown, or left mounted.
expect_host_untouched() {
  expect_stdout_lacks "$(printf '\nseen: 1')"
  expect_canary_unchanged
  expect_equal "$(snapshot_tree "$WORK/host/usr")" "$HOST_BEFORE" "the driver's own files"
  expect_equal "$(mounts_below_work)" "" "mounts of the host"
}

# What a container prints: the driver works, and whether any file of the host came in.
LOOK='nvidia-smi
  echo "seen: $(find /usr/local /usr/lib /etc /opt -type f -size -4096 2>/dev/null | xargs cat 2>/dev/null | grep -c -e ^secret -e ^canary)"'

# attack_bundle PREPARE: runs the container of a new bundle that the function has prepared.
attack_bundle() {
  payload sh -c "$LOOK"
  "$1"
  run_container
  expect_host_untouched
  if [ "$1" = links_change_meanwhile ]; then
    kill -KILL "$HELPER"
    wait_until rm -rf "$BUNDLE" # the racer may have a last exchange to make
  fi
  rm -rf "$BUNDLE"
}
