#!/bin/bash
# Outside of sys/ no path reaches the kernel, for there a path below a container's root goes through RootDir:
# everybody else would sooner or later follow a symlink that a container planted. Calls that take the fd of
# a directory and one name in it (openat, mkdirat, ...) are what RootDir's users work with, and free.
source "$(dirname "$0")/house.bash"
source "$(dirname "$0")/symbols.bash"

BY_PATH='open|creat|mkdir|mknod|mkfifo|link|symlink|unlink|remove|rmdir|rename|truncate|chmod|chown|lchown'
BY_PATH+='|stat|lstat|statfs|statvfs|access|euidaccess|readlink|realpath|chdir|chroot|pivot_root|opendir|nftw'
BY_PATH+='|fts_open|mount|umount|umount2|fopen|freopen|utime|utimes|l?[gs]etxattr|mkstemp|mkdtemp|mkostemp'

# Who may, and why none of these is a path that a container can bend.
allowed() {
  case $1 in
    # The host's side: the caller's own files, the state directory, the cgroup tree, helpers in PATH.
    log.cpp.o:open | container_dir.cpp.o:mkdir | container_dir.cpp.o:stat | paths.cpp.o:*) ;;
    cgroup_make.cpp.o:mkdir | cgroup_make.cpp.o:rmdir | probe_cgroup.cpp.o:statfs) ;;
    seccomp_cache.cpp.o:open | seccomp_cache.cpp.o:mkdir) ;;
    # Questions about the host, asked before the clone.
    probe.cpp.o:*) ;;
    create.cpp.o:access | exec.cpp.o:access) ;; # /proc/sys/fs/binfmt_misc/register
    # "/" and ".": the roots, old and new, while init changes from one to the other.
    rootfs.cpp.o:open | rootfs_pivot.cpp.o:open | rootfs_pivot.cpp.o:umount2 | rootfs_pivot.cpp.o:chroot | rootfs_pivot.cpp.o:statx) ;;
    rootfs_no_pivot.cpp.o:*) ;;
    # Init looks for the payload's program as the payload will: in the container, where it now lives.
    executable.cpp.o:open | executable.cpp.o:stat) ;;
    # Of the GPU hook: ".", while a file system that lies over the container's root is taken away.
    apply.cpp.o:open | apply.cpp.o:umount2) ;;
    *) return 1 ;;
  esac
}

while read -r object symbol; do
  if [[ ${symbol%64} =~ ^($BY_PATH)$ || $symbol =~ (ifstream|ofstream|filebuf|St10filesystem) ]]; then
    allowed "$object:${symbol%64}" || finding "$object calls $(c++filt "$symbol"): use what sys/ has for it"
  fi
done < <(calls base spec plan runtime nvidia_plan nvidia | sort -u)
verdict
