"""What the host offers, so that a check can say why it is skipped."""

import functools
import os
import shutil

NAMESPACE_FILES = {"cgroup": "cgroup", "ipc": "ipc", "mount": "mnt", "network": "net", "pid": "pid",
                   "time": "time", "user": "user", "uts": "uts"}


def mounts(pid="self"):
    """Parsed /proc/PID/mountinfo; see mountinfo()."""
    with open(f"/proc/{pid}/mountinfo") as file:
        return mountinfo(file.read())


def mountinfo(text):
    """One dict per line of mountinfo: root, point, options (set), propagation, fstype, source, super."""
    entries = []
    for line in text.splitlines():
        left, right = line.split(" - ", 1)
        fields, tail = left.split(" "), right.split(" ")
        entries.append({
            "root": fields[3], "point": fields[4], "options": set(fields[5].split(",")),
            "propagation": [field.split(":")[0] for field in fields[6:] if field],
            "fstype": tail[0], "source": tail[1], "super": set(tail[2].split(",")), "device": fields[2],
        })
    return entries


class Cgroups:
    """The cgroup hierarchies as mounted where we run: v1 controllers, and the unified one."""

    def __init__(self):
        self.v1, self.unified = {}, None
        for entry in mounts():
            if entry["fstype"] == "cgroup2" and entry["root"] == "/":
                self.unified = entry["point"]
            elif entry["fstype"] == "cgroup":
                names = entry["super"] - {"rw", "ro", "xattr", "noprefix", "clone_children"}
                for name in names:
                    if not name.startswith("name=") or name == "name=systemd":
                        self.v1[name] = entry["point"]
        self.v2_only = self.unified == "/sys/fs/cgroup"
        self.v2 = set()
        if self.unified:
            with open(os.path.join(self.unified, "cgroup.controllers")) as file:
                self.v2 = set(file.read().split())

    def hierarchies(self):
        """Every mount point once."""
        points = list(self.v1.values()) + ([self.unified] if self.unified else [])
        return sorted(set(points))

    def version(self, controller):
        """1, 2, or None where no mounted hierarchy has the controller."""
        if controller in self.v1:
            return 1
        return 2 if self.v2_only and controller in self.v2 else None


@functools.cache
def cgroups():
    return Cgroups()


@functools.cache
def effective_capabilities():
    with open("/proc/self/status") as file:
        for line in file:
            if line.startswith("CapEff:"):
                return int(line.split()[1], 16)
    return 0


@functools.cache
def filesystems():
    with open("/proc/filesystems") as file:
        return {line.split()[-1] for line in file}


def _cgroup(controller):
    if cgroups().version(controller) is None:
        return f"no cgroup hierarchy with the {controller} controller"
    return None


def _cgroup_version(number):
    if number == "1" and cgroups().v2_only:
        return "cgroup v1 is not mounted"
    if number == "2" and not cgroups().v2_only:
        return "needs cgroup v2 alone on /sys/fs/cgroup"
    return None


def _namespace(kind):
    return None if os.path.exists(f"/proc/self/ns/{NAMESPACE_FILES[kind]}") else f"kernel without {kind} namespaces"


def _capability(number):
    return None if effective_capabilities() >> int(number) & 1 else f"the caller lacks capability {number}"


def _filesystem(kind):
    return None if kind in filesystems() else f"kernel without {kind}"


def _program(name):
    return None if shutil.which(name) else f"program {name} is not installed"


def _path(path):
    return None if os.path.exists(path) else f"{path} is missing"


def _arch(name):
    return None if os.uname().machine == name else f"only for {name}"


def _cpus(count):
    return None if len(os.sched_getaffinity(0)) >= int(count) else f"needs {count} CPUs"


_NEEDS = {"cgroup": _cgroup, "cgroup-version": _cgroup_version, "ns": _namespace, "cap": _capability,
          "fs": _filesystem, "program": _program, "path": _path, "arch": _arch, "cpus": _cpus}


def missing(need):
    """Why the host can't serve `need` ("kind:value", see _NEEDS), or None if it can."""
    kind, _, value = need.partition(":")
    return _NEEDS[kind](value)
