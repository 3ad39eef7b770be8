"""The few kernel calls that Python 3.11's standard library lacks."""

import ctypes
import os

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC, MS_BIND, MS_REC = 1, 2, 4, 8, 4096, 16384
MS_UNBINDABLE, MS_PRIVATE, MS_SLAVE, MS_SHARED = 1 << 17, 1 << 18, 1 << 19, 1 << 20
MNT_DETACH = 2
CLONE_NEWNS, CLONE_NEWCGROUP, CLONE_NEWUTS = 0x20000, 0x2000000, 0x4000000
CLONE_NEWIPC, CLONE_NEWUSER, CLONE_NEWPID = 0x8000000, 0x10000000, 0x20000000
CLONE_NEWNET, CLONE_NEWTIME = 0x40000000, 0x80
PR_SET_PDEATHSIG, PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER = 1, 24, 36

_libc = ctypes.CDLL(None, use_errno=True)


def _call(name, *arguments):
    result = getattr(_libc, name)(*arguments)
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def _text(value):
    return None if value is None else os.fsencode(value)


def mount(source, target, kind=None, flags=0, data=None):
    _call("mount", _text(source), _text(target), _text(kind), ctypes.c_ulong(flags), _text(data))


def umount(target, flags=0):
    _call("umount2", _text(target), flags)


def unshare(flags):
    _call("unshare", flags)


def prctl(option, value):
    _call("prctl", option, ctypes.c_ulong(value), 0, 0, 0)


def private_mount_namespace():
    """A mount namespace of our own: what we mount from here on goes away with the process. Not for a plain
    user, who can mount nothing anyway."""
    if os.geteuid() != 0:
        return
    unshare(CLONE_NEWNS)
    mount(None, "/", None, MS_REC | MS_PRIVATE)


def children(pid="self"):
    """The direct children of a process, orphans handed to us as subreaper included."""
    found = []
    for task in os.listdir(f"/proc/{pid}/task"):
        with open(f"/proc/{pid}/task/{task}/children") as file:
            found += [int(child) for child in file.read().split()]
    return found
