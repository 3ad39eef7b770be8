"""Bundles: a base config.json, edits to it by dotted path, and a small rootfs."""

import copy
import json
import os
import pwd
import shutil
import subprocess
import sys

DELETE = object()  # as a value in edits: take the key away

APPLETS = ("sh cat ls sleep true false id stat echo env mkdir rm rmdir touch mount umount readlink grep "
           "hostname dd kill test mknod cp ln head chmod su wc find seq").split()

CAPABILITIES = ["CAP_CHOWN", "CAP_DAC_OVERRIDE", "CAP_FSETID", "CAP_FOWNER", "CAP_MKNOD", "CAP_NET_RAW",
                "CAP_SETGID", "CAP_SETUID", "CAP_SETFCAP", "CAP_SETPCAP", "CAP_NET_BIND_SERVICE",
                "CAP_SYS_CHROOT", "CAP_KILL", "CAP_AUDIT_WRITE"]

BASE = {
    "ociVersion": "1.0.2",
    "process": {
        "terminal": False,
        "user": {"uid": 0, "gid": 0},
        "args": ["/probe", "report"],
        "env": ["PATH=/bin"],
        "cwd": "/",
        "capabilities": {"bounding": CAPABILITIES, "effective": CAPABILITIES, "permitted": CAPABILITIES},
        "noNewPrivileges": True,
    },
    "root": {"path": "rootfs"},
    "hostname": "conformance",
    "mounts": [
        {"destination": "/proc", "type": "proc", "source": "proc"},
        {"destination": "/dev", "type": "tmpfs", "source": "tmpfs",
         "options": ["nosuid", "strictatime", "mode=755", "size=65536k"]},
        {"destination": "/dev/pts", "type": "devpts", "source": "devpts",
         "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"]},
        {"destination": "/dev/shm", "type": "tmpfs", "source": "shm",
         "options": ["nosuid", "noexec", "nodev", "mode=1777", "size=65536k"]},
    ],
    "linux": {
        "namespaces": [{"type": kind} for kind in ("pid", "network", "ipc", "uts", "mount")],
    },
}


def first_subordinate(path):
    """Where the caller's ids of /etc/subuid or /etc/subgid begin; None without."""
    name = pwd.getpwuid(os.geteuid()).pw_name
    with open(path) as file:
        for line in file:
            owner, first, _ = line.split(":")
            if owner in (name, str(os.geteuid())):
                return int(first)
    return None


def become_plain_user():
    """From here on the base config is one that a user without privileges can run: with a user namespace."""
    ids = {"uid": (os.geteuid(), "/etc/subuid"), "gid": (os.getegid(), "/etc/subgid")}
    for kind, (own, path) in ids.items():
        first = first_subordinate(path)
        if first is None:
            sys.exit(f"{path} grants no subordinate ids to uid {os.geteuid()}: usermod --add-subuids, --add-subgids")
        BASE["linux"][f"{kind}Mappings"] = [{"containerID": 0, "hostID": own, "size": 1},
                                            {"containerID": 1, "hostID": first, "size": 65535}]
    BASE["linux"]["namespaces"].append({"type": "user"})


def edited(changes):
    """A copy of the base config with `changes` made.

    A key is a dotted path ("process.cwd"), objects on the way are made as needed. "mounts+" appends the
    value, or each of a list of values. DELETE as a value removes the key. A path that begins with "/"
    is a JSON pointer, for keys with dots in them.
    """
    config = copy.deepcopy(BASE)
    for path, value in (changes or {}).items():
        steps = path[1:].split("/") if path.startswith("/") else path.split(".")
        place = config
        for step in steps[:-1]:
            place = place[int(step)] if isinstance(place, list) else place.setdefault(step, {})
        last, value = steps[-1], copy.deepcopy(value) if value is not DELETE else value
        if last.endswith("+"):
            place.setdefault(last[:-1], []).extend(value if isinstance(value, list) else [value])
        elif value is DELETE:
            place.pop(last, None)
        else:
            place[last] = value
    return config


def without_namespace(*kinds):
    return [entry for entry in BASE["linux"]["namespaces"] if entry["type"] not in kinds]


def with_namespace(kind, **fields):
    return without_namespace(kind) + [{"type": kind, **fields}]


def make_template(directory, probe, rootfs=None):
    """The rootfs that every check starts from. `rootfs` is a directory to copy, by default busybox's."""
    if rootfs:
        subprocess.run(["cp", "-a", rootfs, directory], check=True)
    for path in ("bin", "dev", "etc", "proc", "sys", "tmp", "run", "mnt"):
        os.makedirs(os.path.join(directory, path), exist_ok=True)
    os.chmod(os.path.join(directory, "tmp"), 0o1777)
    busybox = shutil.which("busybox")
    if not rootfs and busybox:
        shutil.copy(busybox, os.path.join(directory, "bin/busybox"))
        for applet in APPLETS:
            os.symlink("busybox", os.path.join(directory, "bin", applet))
        with open(os.path.join(directory, "etc/passwd"), "w") as file:
            file.write("root:x:0:0:root:/:/bin/sh\nuser:x:1000:1000:user:/:/bin/sh\n")
    shutil.copy(probe, os.path.join(directory, "probe"))


def make_bundle(directory, template, config):
    """A bundle with its own directories and hard-linked files; `config` is a dict, or raw text."""
    os.makedirs(directory)
    subprocess.run(["cp", "-al", template, os.path.join(directory, "rootfs")], check=True)
    write_config(directory, config)


def write_config(directory, config):
    with open(os.path.join(directory, "config.json"), "w") as file:
        file.write(config if isinstance(config, str) else json.dumps(config, indent=1))
