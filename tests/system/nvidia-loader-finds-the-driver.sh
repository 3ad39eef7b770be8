#!/bin/bash
# The loader's cache is written by us: the container's own loader finds the driver by it, the image's libraries
# as before, and `ldconfig -p`, which Triton asks, lists both.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
need_command ldconfig
nvidia_host "$WORK/host" libraries=/usr/lib64
gpu_bundle prestart
nvidia_library "$WORK/libmine.so.1" libmine.so.1
cat >"$WORK/user.c" <<'END'
extern int puts(const char*);
extern const char* fake_nvidia(void);
int main(void) { return puts(fake_nvidia()) < 0; }
END
cc -o "$ROOTFS/bin/user" "$WORK/user.c" -Wl,--no-as-needed "$WORK/host/usr/lib64/libcuda.so.1" "$WORK/libmine.so.1"
# The image's library is where only a cache leads; so is the driver, in an image of Fedora's kind.
mkdir -p "$ROOTFS/opt/mine" "$ROOTFS/usr/lib64"
mv "$WORK/libmine.so.1" "$ROOTFS/opt/mine/"
cp "$(command -v ldconfig)" "$ROOTFS/bin/ldconfig"
mv "$ROOTFS$TRIPLET/libc.so.6" "$ROOTFS/opt/mine/"
rm -rf "${ROOTFS:?}$TRIPLET"
echo /opt/mine >"$ROOTFS/etc/ld.so.conf"
ldconfig -r "$ROOTFS"
before=$(sha256sum <"$ROOTFS/etc/ld.so.cache")

payload sh -c 'user && ldconfig -p | grep -E "libcuda|libmine" | sed "s/^[[:space:]]*//" | sort && ls -l /etc/ld.so.cache'
run_container
expect_status 0
expect_equal "$(head -n 4 <<<"$STDOUT")" "libcuda.so.580.159.03
libcuda.so (libc6,x86-64) => /usr/lib64/libcuda.so
libcuda.so.1 (libc6,x86-64) => /usr/lib64/libcuda.so.1
libmine.so.1 (libc6,x86-64) => /opt/mine/libmine.so.1" "what the loader finds"
expect_equal "$(sha256sum <"$ROOTFS/etc/ld.so.cache")" "$before" "the image's own cache"
