# shellcheck shell=bash
# For tests in which our runtime itself gives GPUs, on top of nvidia_container.bash: the host is this one, with
# the driver of $WORK/host laid over it in a mount namespace of the runtime's.
source "$(dirname "${BASH_SOURCE[0]}")/nvidia_container.bash"

# native_host [OPTION=VALUE...]: makes the host (options as of nvidia_host), and lets runtimes be run on it.
native_host() {
  ocirt_only "no other runtime knows the annotations"
  [ -e "$WORK/host" ] || nvidia_host "$WORK/host" "$@"
  mkdir -p "$WORK"/over
  cat >"$WORK/with-driver" <<'END'
#!/bin/sh
# with-driver DIR COMMAND...: the driver's files, /proc and /dev over ours, for this command alone.
work=$1; shift
mount -t tmpfs tmpfs "$work/over" && mkdir "$work/over/usr" "$work/over/etc" "$work/over/work" "$work/over/work-etc"
cp -a "$work/host/usr/." "$work/over/usr/"
mount -t overlay -o "lowerdir=/usr,upperdir=$work/over/usr,workdir=$work/over/work" overlay /usr
cp -a "$work/host/etc/." "$work/over/etc/"
mount -t overlay -o "lowerdir=/etc,upperdir=$work/over/etc,workdir=$work/over/work-etc" overlay /etc
[ ! -e "$work/host/proc/driver" ] || mount --bind "$work/host/proc/driver" /proc/driver
[ ! -e "$work/host/proc/devices" ] || mount --bind "$work/host/proc/devices" /proc/devices
mkdir "$work/over/dev" && mount --bind /dev "$work/over/dev" && mount -t tmpfs tmpfs /dev
for name in null zero full random urandom tty pts shm; do
  if [ -d "$work/over/dev/$name" ]; then mkdir "/dev/$name"; else : >"/dev/$name"; fi
  [ ! -e "$work/over/dev/$name" ] || mount --bind "$work/over/dev/$name" "/dev/$name"
done
[ ! -e "$work/host/dev" ] || cp -a "$work/host/dev/." /dev/
exec "$@"
END
  chmod 755 "$WORK/with-driver"
  # shellcheck disable=SC2034  # for lib.sh
  GLOBALS=(--log-level warning) # engines take what is on stderr for an error, so by default there are none
  # shellcheck disable=SC2034  # likewise
  RUN_AS=(unshare --mount --propagation slave "$WORK/with-driver" "$WORK")
}

# native_bundle WHICH: a bundle that asks for them by the annotation, and has no hook.
native_bundle() {
  gpu_bundle
  config 'del(.hooks) | .annotations["io.ocirt.gpus"] = $which' --arg which "$1"
}

# device_bundle NAMES: one that asks for devices of CDI, of the specifications in $WORK/cdi.
device_bundle() {
  gpu_bundle
  config 'del(.hooks) | .annotations["io.ocirt.devices"] = $names | .annotations["io.ocirt.cdi_spec_dirs"] = $dir' \
    --arg names "$1" --arg dir "$WORK/cdi"
}
