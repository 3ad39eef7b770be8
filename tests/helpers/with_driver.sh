#!/bin/sh
# with_driver.sh DIR COMMAND...: in a mount namespace of its own, the driver's files, /proc and /dev of DIR/host (made
# by nvidia_host.bash) over ours, for this command alone. DIR/over is an empty folder.
set -e
work=$1; shift
mount -t tmpfs tmpfs "$work/over" && mkdir "$work/over/usr" "$work/over/etc" "$work/over/work" "$work/over/work-etc"
cp -a "$work/host/usr/." "$work/over/usr/"
mount -t overlay -o "lowerdir=/usr,upperdir=$work/over/usr,workdir=$work/over/work" overlay /usr
cp -a "$work/host/etc/." "$work/over/etc/"
mount -t overlay -o "lowerdir=/etc,upperdir=$work/over/etc,workdir=$work/over/work-etc" overlay /etc
# A /proc that nothing covers, without which the kernel gives a user namespace none.
mkdir "$work/over/proc" && mount -t proc proc "$work/over/proc"
[ ! -e "$work/host/proc/driver" ] || mount --bind "$work/host/proc/driver" /proc/driver
[ ! -e "$work/host/proc/devices" ] || mount --bind "$work/host/proc/devices" /proc/devices
mkdir "$work/over/dev" && mount --bind /dev "$work/over/dev" && mount -t tmpfs tmpfs /dev
for name in null zero full random urandom tty ptmx pts shm net; do
  [ -e "$work/over/dev/$name" ] || continue
  if [ -d "$work/over/dev/$name" ]; then mkdir "/dev/$name"; else : >"/dev/$name"; fi
  mount --bind "$work/over/dev/$name" "/dev/$name"
done
[ ! -e "$work/host/dev" ] || cp -a "$work/host/dev/." /dev/
exec "$@"
