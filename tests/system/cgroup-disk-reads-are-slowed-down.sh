#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Direct reads of 3 MiB at 1 MiB in a second take at least 2.
need_root
disk=$(lsblk -bdnro NAME,TYPE,SIZE 2>/dev/null | awk '$2 == "disk" && $3 > 2 ^ 24 { print $1; exit }')
[ -n "$disk" ] || skip "no disk here"
head -c 1 "/dev/$disk" >/dev/null 2>&1 || skip "this host lets nobody read /dev/$disk"
number=$(cat "/sys/block/$disk/dev")
new_bundle
cat >"$WORK/read.c" <<'C'
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
int main(void) {
  void* page;
  int fd = open("/dev/disk", O_RDONLY | O_DIRECT);
  if (fd < 0) return perror("/dev/disk"), 1;
  if (posix_memalign(&page, 4096, 65536) != 0) return 1;
  for (int i = 0; i < 48; i++) if (read(fd, page, 65536) != 65536) return perror("read"), 1;
  return 0;
}
C
cc -static -o "$ROOTFS/bin/read-disk" "$WORK/read.c"
payload read-disk
config '.linux.devices = [{path: "/dev/disk", type: "b", major: $major, minor: $minor}]
  | .linux.resources.devices = [{allow: false, access: "rwm"}, {allow: true, type: "b", major: $major, minor: $minor, access: "rm"}]
  | .linux.resources.blockIO.throttleReadBpsDevice = [{major: $major, minor: $minor, rate: 1048576}]' \
  --argjson major "${number%:*}" --argjson minor "${number#*:}"
start=$(date +%s%N)
run_container
[ "$STATUS" = 0 ] || { grep -qE "blkio|io controller" <<<"$STDERR" && skip "no controller of disks here: $STDERR"; }
expect_status 0
took_ms=$((($(date +%s%N) - start) / 1000000))
[ "$took_ms" -ge 2000 ] || fail "3 MiB took only $took_ms ms"
