#!/bin/bash
# An image's newer libcuda comes first where its note says that it runs on the host's driver, and nowhere else;
# the container's own loader is the judge.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
need_command ldconfig
native_host
COMPAT=/usr/local/cuda/compat
cat >"$WORK/user.c" <<'END'
extern int puts(const char*);
extern const char* fake_nvidia(void);
int main(void) { return puts(fake_nvidia()) < 0; }
END
cc -o "$WORK/user" "$WORK/user.c" -Wl,--no-as-needed "$WORK/host$TRIPLET/libcuda.so.1"

# compat_library VERSION [DRIVERS]: the image's, with a note that names the host's drivers.
compat_library() {
  rm -rf "${ROOTFS:?}$COMPAT"
  mkdir -p "$ROOTFS$COMPAT"
  local file=$ROOTFS$COMPAT/libcuda.so.$1 text
  nvidia_library "$file" libcuda.so.1
  ln -s "libcuda.so.$1" "$ROOTFS$COMPAT/libcuda.so.1"
  [ $# -gt 1 ] || return 0
  text="{\"format\": 1, \"CUDA version\": \"13.1\", \"driver\": [$2], \"device\": [1, 2]}"
  python3 -c 'import struct, sys; text = sys.argv[1].encode(); sys.stdout.buffer.write(
      struct.pack("<III", 5, len(text), 1) + b"CUDA\0\0\0\0" + text)' "$text" >"$WORK/note"
  objcopy --add-section .note.cuda.fwd_compatibility="$WORK/note" \
    --set-section-flags .note.cuda.fwd_compatibility=alloc,readonly "$file"
  python3 - "$file" <<'END' # objcopy of Debian 12 has no way to say that a section is a note
import struct, sys
data = bytearray(open(sys.argv[1], "rb").read())
table, size, count, names = struct.unpack_from("<Q", data, 40)[0], *struct.unpack_from("<HHH", data, 58)
start = struct.unpack_from("<Q", data, table + names * size + 24)[0]
for i in range(count):
    name = start + struct.unpack_from("<I", data, table + i * size)[0]
    if data[name:].startswith(b".note.cuda"):
        struct.pack_into("<I", data, table + i * size + 4, 7)
open(sys.argv[1], "wb").write(data)
END
}

# finds LIBRARY: which the loader takes.
finds() {
  run_container
  expect_status 0
  expect_stdout "$1"
}
native_bundle all
cp "$WORK/user" "$ROOTFS/bin/user"
payload user
finds libcuda.so.580.159.03
compat_library 590.44.01 535,550,570,575,580
finds libcuda.so.590.44.01
compat_library 590.44.01 535,550,570,575
finds libcuda.so.580.159.03
compat_library 575.57.08 535,550,580
finds libcuda.so.580.159.03
compat_library 590.44.01
finds libcuda.so.590.44.01
compat_library 575.57.08
finds libcuda.so.580.159.03

# With a newer libcuda an image's requirement is met, too; an administrator may forbid it.
compat_library 590.44.01 580
config '.process.env += ["NVIDIA_REQUIRE_CUDA=cuda>=13.1"]'
finds libcuda.so.590.44.01
mkdir -p "$WORK/host/etc/nvidia-container-runtime"
printf '[features]\ndisable-cuda-compat-lib-hook = true\n' >"$WORK/host/etc/nvidia-container-runtime/config.toml"
run_container
expect_error_contains "the image needs cuda>=13.1 (NVIDIA_REQUIRE_CUDA), and the host has driver 580.159.03 with CUDA 13.0"
