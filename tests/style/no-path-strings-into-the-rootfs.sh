#!/bin/bash
# Only sys/ hands a path to the kernel: there a path below a container's root goes through RootDir, and one
# of the host is a HostPath. Everybody else would sooner or later follow a symlink that a container planted.
source "$(dirname "$0")/house.bash"
source "$(dirname "$0")/symbols.bash"

BY_PATH='open|openat|creat|mkdir|mknod|mkfifo|link|symlink|unlink|remove|rmdir|rename|truncate|chmod|chown|lchown'
BY_PATH+='|stat|lstat|statx|statfs|statvfs|access|readlink|realpath|chdir|chroot|pivot_root|opendir|nftw|fts_open'
BY_PATH+='|mount|umount|umount2|fopen|freopen|utime|utimes|[gsl]?[gs]etxattr|mkstemp|mkdtemp|mkostemp'
BY_PATH+='|linkat|symlinkat|mkdirat|mknodat|unlinkat|renameat|renameat2|fchmodat|fchownat|fstatat|readlinkat|faccessat'

while read -r object symbol; do
  if [[ ${symbol%64} =~ ^($BY_PATH)$ || $symbol =~ (fstream|filebuf|filesystem) ]]; then
    finding "$object calls $(c++filt "$symbol"): use what sys/ has for it"
  fi
done < <(calls base spec plan runtime)
verdict
