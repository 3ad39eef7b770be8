#!/bin/bash
# The annotation io.ocirt.gpus: our runtime gives the GPUs itself, without a hook. The host is this one, with a
# driver laid over it in a mount namespace of the runtime's.
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
ocirt_only "no other runtime knows the annotation"
nvidia_host "$WORK/host"
mkdir -p "$WORK"/over/{usr,etc,run}
# shellcheck disable=SC2016  # expanded by the inner shell
cat >"$WORK/with-driver" <<'END'
#!/bin/sh
# with-driver DIR COMMAND...: the driver's files, /proc and /dev over ours, for this command alone.
work=$1; shift
mount -t tmpfs tmpfs "$work/over" && mkdir "$work/over/upper" "$work/over/work"
cp -a "$work/host/usr/." "$work/over/upper/"
mount -t overlay -o "lowerdir=/usr,upperdir=$work/over/upper,workdir=$work/over/work" overlay /usr
mount --bind "$work/host/proc/driver" /proc/driver
mount --bind "$work/host/proc/devices" /proc/devices
mkdir "$work/over/dev" && mount --bind /dev "$work/over/dev" && mount -t tmpfs tmpfs /dev
for name in null zero full random urandom tty pts shm; do
  if [ -d "$work/over/dev/$name" ]; then mkdir "/dev/$name"; else : >"/dev/$name"; fi
  [ ! -e "$work/over/dev/$name" ] || mount --bind "$work/over/dev/$name" "/dev/$name"
done
cp -a "$work/host/dev/." /dev/
exec "$@"
END
chmod 755 "$WORK/with-driver"
RUN_AS=(unshare --mount --propagation slave "$WORK/with-driver" "$WORK")

gpu_bundle
config 'del(.hooks) | .annotations["io.ocirt.gpus"] = "all"'
# The strictest engine, and an image that says it wants none: the rules are ours to add.
config '.process.env += ["NVIDIA_VISIBLE_DEVICES=all"]'
payload sh -c "$GPU_PROBE"
run_container
expect_gpus_inside

payload sh -c 'echo $NVIDIA_VISIBLE_DEVICES; grep -c ld.so.cache /proc/self/mountinfo; grep -q /usr/lib/x86_64-linux-gnu/libcuda.so.1 /etc/ld.so.cache && echo listed'
run_container
expect_stdout $'void\n1\nlisted'

# Dry, and without a container: the plan names what would be given.
ocirt plan --bundle "$BUNDLE"
expect_status 0
expect_stdout_contains "/dev/nvidia1"
expect_stdout_contains "libcuda.so.580.159.03"

config '.annotations["io.ocirt.gpus"] = "7"'
run_container
expect_error_contains "there is no GPU 7"

config 'del(.annotations)'
payload sh -c 'ls /dev | grep -c nvidia'
run_container
expect_stdout 0
