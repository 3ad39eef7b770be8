# shellcheck shell=bash
# Makes a host with NVIDIA's driver and no GPU: /proc, /sys, /dev and the driver's files below a
# directory, from nothing but a C compiler and mknod. Sourced by tests.
#
#   nvidia_host DIR [OPTION=VALUE...]
#     libraries=DIR    where the driver's libraries are (/usr/lib/x86_64-linux-gnu)
#     version=VERSION  of the driver (580.159.03)
#     gpus=N           how many (2)
#     mig=yes          the first GPU is cut into two slices
#     uvm=no           the module nvidia-uvm is not loaded
#
# A node of a driver that is not there answers ENXIO when it is opened: so a test sees that the right node
# arrived, and may be opened.

NVIDIA_LIBRARIES=(libcuda:1 libnvidia-ml:1 libnvidia-cfg:1 libnvidia-ptxjitcompiler:1 libnvidia-nvvm:4
  libnvidia-allocator:1 libnvidia-encode:1 libnvcuvid:1 libnvidia-opticalflow:1 libGLX_nvidia:0
  libEGL_nvidia:0 libnvidia-glcore: libnvidia-tls: libnvidia-ngx:1)
NVIDIA_UVM_MAJOR=511
NVIDIA_CAPS_MAJOR=510

# nvidia_library FILE SONAME: a small real library, whose function tells which file it is.
nvidia_library() {
  local soname=()
  [ -z "$2" ] || soname=("-Wl,-soname,$2")
  echo "const char* fake_nvidia(void) { return \"$(basename "$1")\"; }" |
    cc -shared -fPIC -nostdlib -O0 -x c "${soname[@]}" -o "$1" -
}

nvidia_libraries() {
  local to=$1 version=$2 entry stem number
  mkdir -p "$to" "$to/vdpau"
  for entry in "${NVIDIA_LIBRARIES[@]}"; do
    stem=${entry%%:*} number=${entry#*:}
    nvidia_library "$to/$stem.so.$version" "${number:+$stem.so.$number}"
    [ -z "$number" ] || ln -s "$stem.so.$version" "$to/$stem.so.$number"
  done
  ln -s libcuda.so.1 "$to/libcuda.so"
  nvidia_library "$to/vdpau/libvdpau_nvidia.so.$version" libvdpau_nvidia.so.1
  nvidia_library "$to/libnvidia-egl-gbm.so.1.1.2" libnvidia-egl-gbm.so.1
  # What must not be taken: another version's, a text file, a dangling link, another machine's.
  nvidia_library "$to/libcuda.so.570.124.06" libcuda.so.1
  echo 'no library' >"$to/libnvidia-opencl.so.$version"
  ln -s nowhere "$to/libnvidia-rtcore.so.$version"
  nvidia_library "$to/libnvoptix.so.$version" libnvoptix.so.1
  printf '\xb7' | dd of="$to/libnvoptix.so.$version" bs=1 seek=18 conv=notrunc status=none # EM_AARCH64
}

nvidia_proc() {
  local host=$1 version=$2 gpus=$3 mig=$4 uvm=$5 i address
  mkdir -p "$host"/proc/driver/nvidia/{gpus,capabilities} "$host/sys/bus/pci/devices"
  cat >"$host/proc/driver/nvidia/version" <<END
NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  $version  Release Build  (dvs-builder@U22)
GCC version:  gcc version 12.3.0 (Ubuntu 12.3.0-1ubuntu1~22.04)
END
  printf 'ResmanDebugLevel: 4294967295\nModifyDeviceFiles: 1\nDeviceFileMode: 438\n' >"$host/proc/driver/nvidia/params"
  {
    printf 'Character devices:\n  1 mem\n195 nvidia\n195 nvidiactl\n%s nvidia-caps\n' $NVIDIA_CAPS_MAJOR
    [ "$uvm" = no ] || printf '%s nvidia-uvm\n' $NVIDIA_UVM_MAJOR
    printf '\nBlock devices:\n  8 sd\n'
  } >"$host/proc/devices"
  for ((i = 0; i < gpus; i++)); do
    # The address and the minor run in opposite directions: the index is the address's.
    address=$(printf '0000:%02x:00.0' $((0x19 + 0x10 * i)))
    mkdir -p "$host/proc/driver/nvidia/gpus/$address" "$host/sys/bus/pci/devices/$address/drm"/{card$((i + 1)),renderD$((128 + i))}
    printf 'Model: \t\t NVIDIA H100 80GB HBM3\nGPU UUID: \t GPU-00000000-0000-0000-0000-%012d\nBus Location: \t %s\nDevice Minor: \t %d\nGPU Excluded:\t No\n' \
      "$i" "$address" $((gpus - 1 - i)) >"$host/proc/driver/nvidia/gpus/$address/information"
  done
  [ "$mig" = yes ] || return 0
  i=$((gpus - 1)) # the minor of the first
  mkdir -p "$host/proc/driver/nvidia-caps" "$host/proc/driver/nvidia/capabilities/gpu$i"/mig/gi{1,2}/ci0
  printf 'config 1\nmonitor 2\ngpu%d/gi1/access 12\ngpu%d/gi1/ci0/access 13\ngpu%d/gi2/access 21\ngpu%d/gi2/ci0/access 22\n' \
    $i $i $i $i >"$host/proc/driver/nvidia-caps/mig-minors"
}

nvidia_nodes() {
  local dev=$1 gpus=$2 mig=$3 uvm=$4 i minor
  mkdir -p "$dev/dri"
  mknod -m 666 "$dev/nvidiactl" c 195 255
  [ "$uvm" = no ] || {
    mknod -m 666 "$dev/nvidia-uvm" c $NVIDIA_UVM_MAJOR 0
    mknod -m 666 "$dev/nvidia-uvm-tools" c $NVIDIA_UVM_MAJOR 1
  }
  for ((i = 0; i < gpus; i++)); do
    mknod -m 666 "$dev/nvidia$i" c 195 "$i"
    mknod -m 666 "$dev/dri/card$((i + 1))" c 226 $((i + 1))
    mknod -m 666 "$dev/dri/renderD$((128 + i))" c 226 $((128 + i))
  done
  [ "$mig" = yes ] || return 0
  mkdir -p "$dev/nvidia-caps"
  for minor in 1 2; do mknod -m 400 "$dev/nvidia-caps/nvidia-cap$minor" c $NVIDIA_CAPS_MAJOR "$minor"; done
  for minor in 12 13 21 22; do mknod -m 444 "$dev/nvidia-caps/nvidia-cap$minor" c $NVIDIA_CAPS_MAJOR "$minor"; done
}

nvidia_host() {
  local host=$1 libraries=/usr/lib/x86_64-linux-gnu version=580.159.03 gpus=2 mig=no uvm=yes option
  shift
  for option in "$@"; do local "${option%%=*}=${option#*=}"; done
  mkdir -p "$host"/{etc,run/nvidia-persistenced,usr/bin,usr/share/glvnd/egl_vendor.d}
  nvidia_proc "$host" "$version" "$gpus" "$mig" "$uvm"
  nvidia_nodes "$host/dev" "$gpus" "$mig" "$uvm"
  nvidia_libraries "$host$libraries" "$version"
  printf '#!/bin/sh\necho fake nvidia-smi\n' >"$host/usr/bin/nvidia-smi"
  chmod 755 "$host/usr/bin/nvidia-smi"
  echo '{}' >"$host/usr/share/glvnd/egl_vendor.d/10_nvidia.json"
  python3 -c 'import socket, sys; socket.socket(socket.AF_UNIX).bind(sys.argv[1])' "$host/run/nvidia-persistenced/socket"
}
