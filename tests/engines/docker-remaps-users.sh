#!/bin/bash
# dockerd --userns-remap: root of a container is nobody of the host. The user is known in our mounts only.
[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
[ -n "${OCIRT_OWN_MOUNTS-}" ] || OCIRT_OWN_MOUNTS=1 exec unshare --mount --propagation slave bash "$0"
mount -t tmpfs none /mnt
cp /etc/passwd /etc/group /mnt
echo "remapped:x:300000:300000::/:/bin/false" >>/mnt/passwd
echo "remapped:x:300000:" >>/mnt/group
echo "remapped:300000:65536" | tee /mnt/subuid >/mnt/subgid
for name in passwd group subuid subgid; do
  [ -e "/etc/$name" ] || { echo "no /etc/$name (package uidmap)"; exit 77; }
  mount --bind "/mnt/$name" "/etc/$name"
done
DOCKERD=(--userns-remap remapped)
source "$(dirname "$0")/docker.bash"
mkdir -m 777 "$WORK/shared"
docker_run --rm --volume "$WORK/shared:/shared" -- \
  sh -c 'touch /shared/file; id -u; tr -s " " </proc/self/uid_map; stat -c %u /bin/busybox'
expect_status 0
expect_stdout $'0\n 0 300000 65536\n0'
expect_equal "$(stat -c %u:%g "$WORK/shared/file")" 300000:300000 "the owner of what root made"
docker_start -- sleep 1000
docker exec "$CID" id -u
expect_stdout 0
