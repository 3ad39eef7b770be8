"""What the bench needs from the host: one cgroup view for all runtimes, and a place for limits.

Run as a program, it removes the cgroups of an earlier bench: host.py PREFIX. Call it, like
everything here, only in a mount namespace of its own.
"""

import errno
import os
import pathlib
import signal
import subprocess
import sys
import time

CGROUPS = pathlib.Path("/sys/fs/cgroup")


class Unavailable(Exception):
    """The host lacks what a measurement needs; the text says what."""


def is_pure_v2():
    """Whether the host offers the unified hierarchy alone, with controllers worth the name."""
    controllers = CGROUPS / "cgroup.controllers"
    return controllers.exists() and "memory" in controllers.read_text().split()


def enter_v2_view():
    """Gives this mount namespace a /sys/fs/cgroup that every runtime accepts.

    crun refuses hybrid hosts, and a comparison wants the same view for all. Returns a sentence for
    the report, or None where the host's own view serves.
    """
    if is_pure_v2():
        return None
    if os.path.ismount(CGROUPS):
        subprocess.run(["umount", "--recursive", "--lazy", CGROUPS], check=True)
    subprocess.run(["mount", "-t", "cgroup2", "none", CGROUPS], check=True)
    return "the host's cgroups are v1 or hybrid: all programs got a private, pure v2 view of them"


def adapt_resources(config):
    """Drops the limits that the cgroup view has no controller for. Returns what was dropped."""
    offered = (CGROUPS / "cgroup.controllers").read_text().split()
    resources = config["linux"].get("resources", {})
    # Device rules are a BPF program and need no controller, but on a hybrid host v1 still enforces
    # its own; only a real v2 host, which has memory, gets them.
    needs = {"devices": "memory", "memory": "memory", "cpu": "cpu", "pids": "pids"}
    dropped = [name for name in list(resources) if needs.get(name, name) not in offered]
    for name in dropped:
        del resources[name]
    return dropped


def limited_name(prefix):
    """The cgroup that carries a memory limit, seen from the root of its hierarchy."""
    return f"{prefix}-memory"


class MemoryCgroup:
    """A fresh cgroup with a memory limit, for one attempt. A context manager.

    Below it, v2 wants processes only in leaves: the runtime goes into one, and the configs of the
    limited bundles name another for the container.
    """

    def __init__(self, path, is_v1, limit_bytes):
        self.path = path
        self.procs = path / "runtime" / "cgroup.procs"
        self._is_v1 = is_v1
        self._limit_bytes = limit_bytes

    def __enter__(self):
        self.path.mkdir()
        if self._is_v1:
            files = ["memory.limit_in_bytes", "memory.memsw.limit_in_bytes"]
            values = [self._limit_bytes, self._limit_bytes]
        else:
            files = ["memory.max", "memory.swap.max"]
            values = [self._limit_bytes, 0]
        (self.path / files[0]).write_text(str(values[0]))
        if (self.path / files[1]).exists():  # absent without swap accounting
            (self.path / files[1]).write_text(str(values[1]))
        self.procs.parent.mkdir()
        return self

    def __exit__(self, *_):
        remove_cgroup(self.path)


class MemoryController:
    """Where the memory limits are set: the v1 controller, else the v2 one."""

    def __init__(self, work, prefix):
        self._is_v1 = not is_pure_v2()
        self.parent = self._v1_parent(work) if self._is_v1 else CGROUPS
        # One name for all attempts, because it is written in the configs of the limited bundles.
        self._path = self.parent / limited_name(prefix)
        if not self._is_v1:
            try:
                (self.parent / "cgroup.subtree_control").write_text("+memory")
            except OSError as error:
                raise Unavailable(f"the memory controller can't be enabled: {error}") from error

    @staticmethod
    def _v1_parent(work):
        mount_point = pathlib.Path(work) / "memory-controller"
        mount_point.mkdir(exist_ok=True)
        command = ["mount", "-t", "cgroup", "-o", "memory", "none", mount_point]
        mounted = subprocess.run(command, capture_output=True, text=True)
        if mounted.returncode != 0:
            raise Unavailable("the v1 memory controller can't be mounted: " + mounted.stderr.strip())
        for line in pathlib.Path("/proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            if "memory" in controllers.split(","):
                return mount_point / path.lstrip("/")
        raise Unavailable("this process is in no v1 memory cgroup")

    def limited(self, limit_bytes):
        """A cgroup for one attempt: nothing charged by an earlier one is left in it."""
        return MemoryCgroup(self._path, self._is_v1, limit_bytes)


def kill_members(path):
    for line in (path / "cgroup.procs").read_text().split():
        if int(line) > 0:
            try:
                os.kill(int(line), signal.SIGKILL)
            except ProcessLookupError:
                pass


def remove_cgroup(path, timeout_s=5):
    """Removes a cgroup with all below it, and ends whoever is still inside."""
    deadline = time.monotonic() + timeout_s
    while path.exists():
        try:
            for directory, _, _ in os.walk(path, topdown=False):
                kill_members(pathlib.Path(directory))
                os.rmdir(directory)
        except OSError as error:
            # Busy until the last member is reaped; gone if another walk was faster.
            if error.errno not in (errno.EBUSY, errno.ENOENT, errno.ENODEV):
                raise
            if time.monotonic() > deadline:
                print(f"bench: the cgroup {path} can't be removed: {error}", file=sys.stderr)
                return
            time.sleep(0.01)


def remove_named(parent, prefix):
    for directory, names, _ in os.walk(parent):
        for name in [name for name in names if prefix in name]:
            remove_cgroup(pathlib.Path(directory) / name)
            names.remove(name)


def main():
    prefix = sys.argv[1]
    enter_v2_view()
    remove_named(CGROUPS, prefix)
    if is_pure_v2():
        return
    try:
        # On top of the v2 view, which has served its purpose.
        subprocess.run(["mount", "-t", "tmpfs", "none", CGROUPS], check=True)
        remove_named(MemoryController(CGROUPS, prefix).parent, prefix)
    except Unavailable:
        pass  # then no limit was set either


if __name__ == "__main__":
    main()
