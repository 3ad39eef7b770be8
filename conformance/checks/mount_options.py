"""config.md: Linux mount options: one check for each row of the table."""

import os

import host
import kernel
from checks.mounts import OPTIONS, bind, nested, tmpfs
from harness import add, check

# option, what /proc/self/mountinfo then shows, what it no longer shows; the first three columns of the table.
# The option is put on a tmpfs, after those of "before", so that "dev" has a "nodev" to undo.
FLAGS = (
    ("async", {}, {"sync"}, ["sync"]),
    ("atime", {}, {"noatime"}, ["noatime"]),
    ("defaults", {"rw"}, {"nosuid"}, []),
    ("dev", {}, {"nodev"}, ["nodev"]),
    ("diratime", {}, {"nodiratime"}, ["nodiratime"]),
    ("dirsync", {"dirsync"}, {}, []),
    ("exec", {}, {"noexec"}, ["noexec"]),
    ("iversion", {}, {}, []),
    ("lazytime", {"lazytime"}, {}, []),
    ("loud", {}, {}, []),
    ("noatime", {"noatime"}, {"relatime"}, []),
    ("nodev", {"nodev"}, {}, []),
    ("nodiratime", {"nodiratime"}, {}, []),
    ("noexec", {"noexec"}, {}, []),
    ("noiversion", {}, {}, []),
    ("nolazytime", {}, {"lazytime"}, ["lazytime"]),
    ("norelatime", {}, {}, []),
    ("nostrictatime", {}, {}, []),
    ("nosuid", {"nosuid"}, {}, []),
    ("relatime", {"relatime"}, {"noatime"}, []),
    ("ro", {"ro"}, {"rw"}, []),
    ("rw", {"rw"}, {"ro"}, ["ro"]),
    ("silent", {}, {}, []),
    ("strictatime", {}, {"relatime", "noatime"}, []),
    ("suid", {}, {"nosuid"}, ["nosuid"]),
    ("sync", {"sync"}, {}, []),
)
SHOULD_FLAGS = (
    ("nosymfollow", {"nosymfollow"}, {}, []),
    ("symfollow", {}, {"nosymfollow"}, ["nosymfollow"]),
)


def flag_check(option, present, absent, before):
    def function(t):
        entry = t.mounts({"mounts+": tmpfs("/mnt", *before, option)})["/mnt"]
        # Flags of the superblock, such as sync, are in the other column; "rw" there says nothing of the mount.
        shown = entry["options"] | entry["super"] - {"rw", "ro"}
        t.require(set(present) <= shown, f"the mount shows {sorted(shown)}")
        t.require(not set(absent) & shown, f"the mount shows {sorted(shown)}")
    return function


for _row in FLAGS:
    add(f"mount-option.{_row[0]}", OPTIONS, f"runtimes must implement the option {_row[0]}", flag_check(*_row))
for _row in SHOULD_FLAGS:
    add(f"mount-option.{_row[0]}", OPTIONS, f"runtimes should implement the option {_row[0]}", flag_check(*_row),
        level="SHOULD", since="1.1")


# On bind mounts the options are flags of the new mount, and take a remount in the old mount API.
for _option in ("ro", "nosuid", "nodev", "noexec", "noatime", "nodiratime"):
    def _bind_flag(t, option=_option):
        entry = t.mounts({"mounts+": bind(t.folder("data"), "/mnt", "rbind", option)})["/mnt"]
        t.require(option in entry["options"], f"the mount shows {sorted(entry['options'])}")
    add(f"mount-option.bind-{_option}", OPTIONS, f"runtimes must implement the option {_option}: on a bind mount",
        _bind_flag)


@check("mount-option.bind-ro-file", OPTIONS, "runtimes must implement ro: on a bind mount of a file")
def _(t):
    text = t.shell("echo x > /etc/new 2>/dev/null && echo wrote || echo refused",
                   {"mounts+": bind(t.path("file", "content"), "/etc/new", "bind", "ro")})
    t.equal(text, "refused\n", "writing")


@check("mount-option.bind-keeps-flags", OPTIONS, "a bind mount keeps the flags of its source that are not mentioned",
       level="SHOULD")
def _(t):
    data = t.folder("data")
    kernel.mount("tmpfs", data, "tmpfs", kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC)
    entry = t.mounts({"mounts+": bind(data, "/mnt", "rbind", "ro")})["/mnt"]
    t.require({"nosuid", "nodev", "noexec", "ro"} <= entry["options"], f"the mount shows {sorted(entry['options'])}")


@check("mount-option.ro-not-recursive", OPTIONS, "ro is the flag of mount(8): it does not reach mounts below")
def _(t):
    mounts = t.mounts({"mounts+": bind(nested(t), "/mnt", "rbind", "ro")})
    t.require("ro" in mounts["/mnt"]["options"] and "rw" in mounts["/mnt/sub"]["options"],
              f"below are {sorted(mounts['/mnt/sub']['options'])}")


@check("mount-option.remount", OPTIONS, "runtimes must implement the option remount")
def _(t):
    entry = t.mounts({"mounts+": [tmpfs("/mnt"), tmpfs("/mnt", "remount", "ro", "nosuid")]})["/mnt"]
    t.require({"ro", "nosuid"} <= entry["options"], f"the mount shows {sorted(entry['options'])}")


@check("mount-option.bind-remount", OPTIONS, "runtimes must implement the option remount: on a bind mount")
def _(t):
    data = t.folder("data")
    mounts = t.mounts({"mounts+": [bind(data, "/mnt", "bind"), bind(data, "/mnt", "bind", "remount", "ro")]})
    t.require("ro" in mounts["/mnt"]["options"], f"the mount shows {sorted(mounts['/mnt']['options'])}")


# Recursive options ----------------------------------------------------------------------------------

# option, what the mount below then shows, what it no longer shows, flags that it had before
RECURSIVE = (
    ("rro", {"ro"}, {"rw"}, 0), ("rrw", {"rw"}, {"ro"}, kernel.MS_RDONLY),
    ("rnosuid", {"nosuid"}, {}, 0), ("rsuid", {}, {"nosuid"}, kernel.MS_NOSUID),
    ("rnodev", {"nodev"}, {}, 0), ("rdev", {}, {"nodev"}, kernel.MS_NODEV),
    ("rnoexec", {"noexec"}, {}, 0), ("rexec", {}, {"noexec"}, kernel.MS_NOEXEC),
    ("rnoatime", {"noatime"}, {"relatime"}, 0), ("ratime", {}, {"noatime"}, 1024),
    ("rnodiratime", {"nodiratime"}, {}, 0), ("rdiratime", {}, {"nodiratime"}, 2048),
    ("rrelatime", {"relatime"}, {}, 1024), ("rnorelatime", {}, {}, 0),
    ("rstrictatime", {}, {"relatime", "noatime"}, 0), ("rnostrictatime", {}, {}, 0),
    ("rnosymfollow", {"nosymfollow"}, {}, 0), ("rsymfollow", {}, {"nosymfollow"}, 256),
)

for _option, _present, _absent, _flags in RECURSIVE:
    def _recursive(t, option=_option, present=_present, absent=_absent, flags=_flags):
        data = t.folder("data")
        os.mkdir(data + "/sub")
        kernel.mount("tmpfs", data + "/sub", "tmpfs", flags)
        shown = t.mounts({"mounts+": bind(data, "/mnt", "rbind", option)})["/mnt/sub"]["options"]
        t.require(set(present) <= shown and not set(absent) & shown, f"the mount below shows {sorted(shown)}")
    add(f"mount-option.{_option}", OPTIONS, f"runtimes should implement the option {_option}, recursively", _recursive,
        level="SHOULD", since="1.1")


# Propagation ----------------------------------------------------------------------------------------

def shared_source(t):
    """A directory with a mount below, both shared with this namespace."""
    data = nested(t)
    kernel.mount(data, data, None, kernel.MS_BIND | kernel.MS_REC)
    kernel.mount(None, data, None, kernel.MS_SHARED | kernel.MS_REC)
    return data


# option, and the tags in mountinfo of the mount itself and of the one below
PROPAGATION = (
    ("private", [], None), ("rprivate", [], []),
    ("slave", ["master"], None), ("rslave", ["master"], ["master"]),
    ("shared", ["shared"], None), ("rshared", ["shared"], ["shared"]),
    ("unbindable", ["unbindable"], None), ("runbindable", ["unbindable"], ["unbindable"]),
)

for _option, _top, _below in PROPAGATION:
    def _propagation(t, option=_option, top=_top, below=_below):
        mounts = t.mounts({"mounts+": bind(shared_source(t), "/mnt", "rbind", option)})
        # A shared mount may also be a slave of the mount that it was made from.
        extra = {"master"} if "shared" in top else set()
        t.equal(set(mounts["/mnt"]["propagation"]) - extra, set(top), "the propagation of the mount")
        if below is not None:
            t.equal(set(mounts["/mnt/sub"]["propagation"]) - extra, set(below), "the propagation of the mount below")
    add(f"mount-option.{_option}", OPTIONS, f"runtimes must implement the option {_option}: propagation", _propagation)


@check("mount-option.rslave-event", OPTIONS, "rslave: what is mounted on the host later appears in the container")
def _(t):
    data = shared_source(t)
    container = t.start({"process.args": ["/bin/sh", "-c", "echo ready; until test -e /mnt/late/file; do sleep 0.02; "
                                          "done; echo seen"],
                         "mounts+": bind(data, "/mnt", "rbind", "rslave"), "linux.rootfsPropagation": "rslave"})
    container.wait_output("ready")
    os.makedirs(data + "/late")
    kernel.mount("tmpfs", data + "/late", "tmpfs")
    with open(data + "/late/file", "w"):
        container.wait_output("seen")


@check("mount-option.rprivate-event", OPTIONS, "rprivate: what is mounted in the container stays there")
def _(t):
    data = shared_source(t)
    sets = {name: ["CAP_SYS_ADMIN"] for name in ("bounding", "permitted", "effective")}
    t.shell("mkdir /mnt/inside; mount -t tmpfs none /mnt/inside",
            {"process.capabilities": sets, "mounts+": bind(data, "/mnt", "rbind", "rprivate")})
    t.require(data + "/inside" not in {entry["point"] for entry in host.mounts()}, "the mount came out")
