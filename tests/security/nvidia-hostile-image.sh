#!/bin/bash
# An image's links at every place that the GPU hook writes to, and while it works: nothing of the host is
# touched or shown (CVE-2024-0132, -0133, -0134, CVE-2025-23359, CVE-2025-23267, CVE-2026-24260).
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"
make_canary
echo secret >"$WORK/secret"
HOST_BEFORE=$(snapshot_tree "$WORK/host/usr")

# attack STAGE: runs the hook on an image that the function named by ATTACK has prepared.
attack() {
  gpu_bundle prestart
  payload sh -c 'nvidia-smi; find /usr/local/cuda /usr/lib /etc -type f 2>/dev/null | xargs cat 2>/dev/null | grep -c secret'
  "$1"
  run_container
  expect_stdout_lacks "$(printf '\n1')"
  expect_canary_unchanged
  expect_equal "$(snapshot_tree "$WORK/host/usr")" "$HOST_BEFORE" "the driver's own files"
  expect_equal "$(mounts_below_work)" "" "mounts of the host"
  if [ "$1" = links_change_meanwhile ]; then
    kill -KILL "$HELPER"
    wait_until rm -rf "$BUNDLE" # the racer may have a last exchange to make
  fi
  rm -rf "$BUNDLE"
}

directory_is_a_link() {
  rm -rf "${ROOTFS:?}$TRIPLET"
  ln -s "$CANARY/empty" "$ROOTFS$TRIPLET"
}
directory_leads_up() {
  rm -rf "${ROOTFS:?}$TRIPLET"
  ln -s "../../../../../../../..$CANARY/empty" "$ROOTFS$TRIPLET"
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

attack directory_is_a_link
attack directory_leads_up
attack files_are_links
expect_stdout_contains "fake nvidia-smi"
attack cache_is_a_link
attack cache_is_a_fifo
attack etc_is_a_link
attack cache_is_garbage
expect_stdout_contains "fake nvidia-smi"
attack compat_is_the_host
expect_stdout_contains "fake nvidia-smi"
attack compat_libraries_are_links
expect_stdout_contains "fake nvidia-smi"
attack ldconfig_is_theirs
expect_stdout_contains "fake nvidia-smi"
attack dev_is_a_link
for _ in 1 2 3 4 5; do attack links_change_meanwhile; done
