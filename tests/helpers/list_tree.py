#!/usr/bin/env python3
"""Lists a tree so that two listings can be compared: names, types, modes, owners, times, xattrs, hard links, bytes.

    list_tree.py DIR

The names of overlayfs' own xattrs are written alike whether they are root's (trusted.*) or a plain user's (user.*).
"""

import hashlib
import os
import stat
import sys

# What engines keep for themselves.
OURS = ("trusted.overlay.origin", "trusted.overlay.impure", "user.overlay.origin", "user.overlay.impure")


def xattrs(path):
    found = []
    for name in os.listxattr(path, follow_symlinks=False):
        if name in OURS:
            continue
        value = os.getxattr(path, name, follow_symlinks=False)
        found.append(f"{name.replace('trusted.overlay.', 'user.overlay.')}={value.hex()}")
    return ",".join(sorted(found)) or "-"


def content(path, info):
    if stat.S_ISLNK(info.st_mode):
        return "-> " + os.readlink(path)
    if stat.S_ISREG(info.st_mode):
        digest = hashlib.sha256()
        with open(path, "rb") as file:
            for chunk in iter(lambda: file.read(1 << 20), b""):
                digest.update(chunk)
        return digest.hexdigest()
    if stat.S_ISCHR(info.st_mode) or stat.S_ISBLK(info.st_mode):
        return f"device {os.major(info.st_rdev)}:{os.minor(info.st_rdev)}"
    return "-"


def describe(root, path, links):
    info = os.lstat(path)
    name = os.path.relpath(path, root)
    first = links.setdefault((info.st_dev, info.st_ino), name) if info.st_nlink > 1 else name
    whiteout = stat.S_ISCHR(info.st_mode) and info.st_rdev == 0
    times = "-" if whiteout else f"{info.st_mtime_ns}"
    size = info.st_size if stat.S_ISREG(info.st_mode) else 0
    linked = f"= {first}" if first != name and not stat.S_ISDIR(info.st_mode) else "-"
    return "\t".join([name, f"{info.st_mode:o}", f"{info.st_uid}:{info.st_gid}", str(size), times, xattrs(path), linked,
                      content(path, info)])


def main():
    root = sys.argv[1]
    links = {}
    paths = []
    for directory, names, files in os.walk(root):
        paths += [os.path.join(directory, name) for name in names + files]
    for path in sorted(paths):
        print(describe(root, path, links))


main()
