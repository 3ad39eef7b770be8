"""config.md: mounts: order, kinds, sources and destinations."""

import os

import bundle
import host
import kernel
from harness import add, check

MOUNTS, OPTIONS = "config.md#mounts", "config.md#linux-mount-options"


def tmpfs(destination, *options):
    return {"destination": destination, "type": "tmpfs", "source": "tmpfs", "options": list(options)}


def bind(source, destination, *options, kind="bind"):
    return {"destination": destination, "type": kind, "source": source, "options": list(options) or ["bind"]}


# Kinds ----------------------------------------------------------------------------------------------

KINDS = (
    ("proc", {"destination": "/mnt", "type": "proc", "source": "proc"}, ()),
    ("sysfs", {"destination": "/mnt", "type": "sysfs", "source": "sysfs", "options": ["ro"]}, ()),
    ("tmpfs", tmpfs("/mnt"), ()),
    ("devpts", {"destination": "/mnt", "type": "devpts", "source": "devpts", "options": ["newinstance"]}, ()),
    ("mqueue", {"destination": "/mnt", "type": "mqueue", "source": "mqueue"}, ("fs:mqueue",)),
)

for _name, _entry, _needs in KINDS:
    def _kind(t, entry=_entry):
        t.equal(t.mounts({"mounts+": entry})["/mnt"]["fstype"], entry["type"], "the filesystem on /mnt")
    add(f"mounts.{_name}", "config.md#posix-platform-mounts", "type is the type of the filesystem to be mounted", _kind,
        needs=_needs)


@check("mounts.proc-own-pids", "config-linux.md#default-filesystems", "/proc shows the container's processes")
def _(t):
    t.equal(t.shell("cd /proc; ls -d [0-9]*").split()[0], "1", "the first pid in /proc")


@check("mounts.default-filesystems", "config-linux.md#default-filesystems",
       "/proc, /sys, /dev/pts and /dev/shm should be made available", level="SHOULD")
def _(t):
    mounts = t.mounts({"mounts+": {"destination": "/sys", "type": "sysfs", "source": "sysfs",
                                   "options": ["nosuid", "noexec", "nodev", "ro"]}})
    got = {path: mounts.get(path, {}).get("fstype") for path in ("/proc", "/sys", "/dev/pts", "/dev/shm")}
    t.equal(got, {"/proc": "proc", "/sys": "sysfs", "/dev/pts": "devpts", "/dev/shm": "tmpfs"}, "the filesystems")


@check("mounts.cgroup", "config.md#posix-platform-mounts", "type is the type of the filesystem to be mounted: cgroup")
def _(t):
    text = t.shell("cat /proc/self/mountinfo; ls /sys/fs/cgroup", {
        "mounts+": [{"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
                    {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup",
                     "options": ["nosuid", "noexec", "nodev", "relatime", "ro"]}]})
    entries = host.mountinfo("\n".join(line for line in text.splitlines() if " - " in line))
    below = [entry for entry in entries if entry["point"].startswith("/sys/fs/cgroup")]
    t.require(any(entry["fstype"].startswith("cgroup") for entry in below), "no cgroup filesystem is mounted")
    for entry in below:
        if entry["fstype"].startswith("cgroup"):
            t.require("ro" in entry["options"], f"{entry['point']} is not read-only")


@check("mounts.unknown-type", MOUNTS, "a filesystem that the kernel can't mount: create must generate an error")
def _(t):
    t.refused({"mounts+": {"destination": "/mnt", "type": "nosuchfs", "source": "none"}})


# Order and destination ------------------------------------------------------------------------------


@check("mounts.order", MOUNTS, "the runtime must mount entries in the listed order")
def _(t):
    text = t.shell("ls /mnt; ls /mnt/b", {"mounts+": [tmpfs("/mnt"), bind(t.folder("a"), "/mnt/a"), tmpfs("/mnt/b"),
                                                       bind(t.folder("c"), "/mnt/b/c")]})
    t.equal(text.split(), ["a", "b", "c"], "what is below /mnt")


@check("mounts.order-covers", MOUNTS, "the runtime must mount entries in the listed order: a later one covers")
def _(t):
    text = t.shell("ls /mnt", {"mounts+": [bind(t.folder("a"), "/mnt/below"), tmpfs("/mnt")]})
    t.equal(text, "", "what is in /mnt after the tmpfs that comes last")


@check("mounts.same-destination", MOUNTS, "the runtime must mount entries in the listed order: the last one is seen")
def _(t):
    t.path("one/which", "one")
    t.path("two/which", "two")
    text = t.shell("cat /mnt/which", {"mounts+": [bind(t.path("one"), "/mnt"), bind(t.path("two"), "/mnt")]})
    t.equal(text, "two", "the source that is seen")


@check("mounts.relative-destination", MOUNTS, "a relative destination must be interpreted as relative to '/'",
       since="1.2")
def _(t):
    t.equal(t.mounts({"mounts+": tmpfs("mnt/x"), "process.cwd": "/tmp"})["/mnt/x"]["fstype"], "tmpfs", "/mnt/x")


@check("mounts.destination-made", MOUNTS, "a mount is made at its destination even where nothing is there yet")
def _(t):
    t.equal(t.mounts({"mounts+": tmpfs("/a/b/c")})["/a/b/c"]["fstype"], "tmpfs", "/a/b/c")


@check("mounts.destination-symlink", MOUNTS, "destination is a path inside the container: links resolve there")
def _(t):
    def prepare(container):
        os.symlink("/etc/target", container.rootfs + "/link")
        os.mkdir(container.rootfs + "/etc/target")
    t.require("/etc/target" in t.mounts({"mounts+": tmpfs("/link")}, prepare=prepare), "nothing at /etc/target")


@check("mounts.destination-symlink-escape", MOUNTS, "destination is a path inside the container: no link leads out")
def _(t):
    outside = t.folder("outside")
    t.path("data/mark", "x")
    container = t.bundle({"process.args": ["/bin/true"], "mounts+": bind(t.path("data"), "/link/below")})
    os.symlink("../" * 12 + outside.lstrip("/"), container.rootfs + "/link")
    if container.create().ok:  # an error is as good
        t.equal(container.status(), "created", "the status")
    t.equal(os.listdir(outside), [], "what was made outside of the rootfs")


@check("mounts.none", MOUNTS, "mounts is optional")
def _(t):
    t.equal(t.report({"mounts": []})["args"], ["/probe", "report"], "argv")


# Bind mounts ----------------------------------------------------------------------------------------


@check("mounts.bind-directory", MOUNTS, "a mount is a bind mount if it has bind in the options")
def _(t):
    t.path("data/file", "content")
    t.equal(t.shell("cat /mnt/file", {"mounts+": bind(t.path("data"), "/mnt")}), "content", "/mnt/file")


@check("mounts.bind-writable", MOUNTS, "a bind mount shows the source itself: what is written arrives there")
def _(t):
    data = t.folder("data")
    t.shell("echo new > /mnt/file", {"mounts+": bind(data, "/mnt", "bind", "rw")})
    t.require(os.path.exists(data + "/file"), "the source has no new file")


@check("mounts.bind-file", MOUNTS, "source can be a file name for bind mounts")
def _(t):
    source = t.path("file", "content")
    t.equal(t.shell("cat /etc/new /etc/passwd", {"mounts+": [bind(source, "/etc/new"), bind(source, "/etc/passwd")]}),
            "content" * 2, "the files")


@check("mounts.bind-type-none", "config.md#posix-platform-mounts", "for bind mounts the type is a dummy, often none")
def _(t):
    t.path("data/file", "content")
    for kind in ("none", "ext4"):
        t.equal(t.shell("cat /mnt/file", {"mounts+": bind(t.path("data"), "/mnt", "rbind", kind=kind)}), "content",
                f"/mnt/file with type {kind}")


@check("mounts.bind-without-type", "config.md#posix-platform-mounts", "type is optional")
def _(t):
    t.path("data/file", "content")
    entry = {"destination": "/mnt", "source": t.path("data"), "options": ["bind"]}
    t.equal(t.shell("cat /mnt/file", {"mounts+": entry}), "content", "/mnt/file")


@check("mounts.bind-relative-source", MOUNTS, "path values for bind mounts are absolute or relative to the bundle")
def _(t):
    def prepare(container):
        os.mkdir(container.directory + "/data")
        with open(container.directory + "/data/file", "w") as file:
            file.write("content")
    t.equal(t.shell("cat /mnt/file", {"mounts+": bind("data", "/mnt")}, prepare=prepare), "content", "/mnt/file")


@check("mounts.bind-missing-source", MOUNTS, "a bind mount whose source is missing can't be made: an error")
def _(t):
    t.refused({"mounts+": bind(t.path("no-such-source"), "/mnt")})


def nested(t):
    """A directory with a tmpfs mounted in it."""
    data = t.folder("data")
    os.mkdir(data + "/sub")
    kernel.mount("tmpfs", data + "/sub", "tmpfs")
    with open(data + "/sub/file", "w") as file:
        file.write("content")
    return data


@check("mounts.bind-not-recursive", OPTIONS, "bind: bind mount, without what is mounted below")
def _(t):
    t.equal(t.shell("ls /mnt/sub", {"mounts+": bind(nested(t), "/mnt", "bind")}), "", "what is in /mnt/sub")


@check("mounts.rbind", OPTIONS, "rbind: recursive bind mount")
def _(t):
    t.equal(t.shell("ls /mnt/sub", {"mounts+": bind(nested(t), "/mnt", "rbind")}), "file\n", "what is in /mnt/sub")


# Data for the filesystem ----------------------------------------------------------------------------


@check("mounts.tmpfs-size", OPTIONS, "unknown options are passed to the filesystem: size of tmpfs")
def _(t):
    text = t.shell("dd if=/dev/zero of=/mnt/x bs=64k count=64 2>/dev/null; stat -c %s /mnt/x",
                   {"mounts+": tmpfs("/mnt", "size=1m")})
    t.equal(text, "1048576\n", "how much fits")


@check("mounts.tmpfs-mode", OPTIONS, "unknown options are passed to the filesystem: mode, uid and gid of tmpfs")
def _(t):
    text = t.shell("stat -c '%a %u %g' /mnt", {"mounts+": tmpfs("/mnt", "mode=1750", "uid=12", "gid=34")})
    t.equal(text, "1750 12 34\n", "mode and owner of /mnt")


@check("mounts.devpts-options", OPTIONS, "unknown options are passed to the filesystem: those of devpts")
def _(t):
    entry = t.mounts()["/dev/pts"]
    t.require({"gid=5", "mode=620", "ptmxmode=666"} <= entry["super"], f"the options are {sorted(entry['super'])}")


@check("mounts.unknown-data", OPTIONS, "unknown options go to mount(2) as data: what that refuses is an error")
def _(t):
    t.refused({"mounts+": tmpfs("/mnt", "nosuchoption=1")})


@check("mounts.overlay", OPTIONS, "unknown options are passed to the filesystem: overlay's directories",
       needs=("fs:overlay",))
def _(t):
    for name in ("lower", "upper", "work"):
        t.folder(name)
    t.path("lower/file", "content")
    data = [f"{name}dir={t.path(name)}" for name in ("lower", "upper", "work")]
    entry = {"destination": "/mnt", "type": "overlay", "source": "overlay", "options": data}
    t.equal(t.shell("cat /mnt/file; echo x > /mnt/new", {"mounts+": entry}), "content", "/mnt/file")
    t.require(os.path.exists(t.path("upper/new")), "the upper directory has no new file")


# Mapped ids -----------------------------------------------------------------------------------------

IDS = [{"containerID": 1000, "hostID": 0, "size": 5}]  # a file of 1000 in the source is one of 0 in the mount


def owned(t):
    data = t.folder("data")
    with open(data + "/file", "w") as file:
        os.fchown(file.fileno(), 1000, 1000)
    return data


@check("mounts.idmap", "config.md#posix-platform-mounts", "uidMappings converts ids of the source filesystem",
       since="1.2")
def _(t):
    entry = {**bind(owned(t), "/mnt", "bind", "idmap"), "uidMappings": IDS, "gidMappings": IDS}
    t.equal(t.shell("stat -c '%u %g' /mnt/file", {"mounts+": entry}), "0 0\n", "the file's owner")


@check("mounts.idmap-without-mapping", OPTIONS, "idmap without mappings and without a user namespace is an error",
       since="1.2")
def _(t):
    t.refused({"mounts+": bind(owned(t), "/mnt", "bind", "idmap")})


@check("mounts.idmap-only-uid", "config.md#posix-platform-mounts",
       "uidMappings, if specified, must be specified along with gidMappings", since="1.1")
def _(t):
    t.refused({"mounts+": {**bind(owned(t), "/mnt", "bind", "idmap"), "uidMappings": IDS}})


@check("mounts.ridmap", OPTIONS, "ridmap: the mapping is applied recursively", since="1.2")
def _(t):
    data = nested(t)
    os.chown(data + "/sub/file", 1000, 1000)
    entry = {**bind(data, "/mnt", "rbind", "ridmap"), "uidMappings": IDS, "gidMappings": IDS}
    t.equal(t.shell("stat -c '%u %g' /mnt/sub/file", {"mounts+": entry}), "0 0\n", "the file's owner")


# Root -----------------------------------------------------------------------------------------------

ROOT = "config.md#root"


@check("root.relative", ROOT, "path is an absolute path or relative to the bundle")
def _(t):
    def prepare(container):
        os.renames(container.rootfs, container.directory + "/deeper/root")
    t.equal(t.shell("echo fine", {"root.path": "deeper/root"}, prepare=prepare), "fine\n", "the output")


@check("root.absolute", ROOT, "path is an absolute path or relative to the bundle")
def _(t):
    def prepare(container):
        os.rename(container.rootfs, t.path("elsewhere"))
        bundle.write_config(container.directory, bundle.edited({
            "root.path": t.path("elsewhere"), "process.args": ["/bin/echo", "fine"],
            "linux.cgroupsPath": "/" + container.id}))
    t.equal(t.output(prepare=prepare), "fine\n", "the output")


@check("root.missing-directory", ROOT, "a directory must exist at the path declared by the field")
def _(t):
    t.refused({"root.path": "no-such-directory"})


@check("root.not-a-directory", ROOT, "a directory must exist at the path declared by the field")
def _(t):
    t.refused({"root.path": "config.json"})


@check("root.readonly", ROOT, "if readonly is true the root filesystem must be read-only inside the container")
def _(t):
    text = t.shell("touch /new 2>/dev/null && echo wrote || echo refused; touch /dev/shm/x && echo wrote",
                   {"root.readonly": True})
    t.equal(text.split(), ["refused", "wrote"], "writing to the root and to a mount on it")


@check("root.writable", ROOT, "readonly defaults to false")
def _(t):
    container = t.finished({"process.args": ["/bin/touch", "/new"]})
    t.equal(container.exit, 0, "the exit status")
    t.require(os.path.exists(container.rootfs + "/new"), "the file did not arrive in the rootfs")


@check("root.isolated", ROOT, "the container's root filesystem is the root of the program")
def _(t):
    names = set(t.shell("ls -a / /../..").split())
    t.require("probe" in names, f"the root holds {sorted(names)}")
    t.require(not names & {"work", "home", "usr", "boot"} - set(os.listdir(t.run.template)), f"the root holds {names}")


@check("root.no-host-mounts", "config-linux.md#namespaces", "mount: the container has an isolated mount table")
def _(t):
    points = set(t.mounts())
    allowed = {"/", "/proc", "/dev", "/dev/pts", "/dev/shm"}
    t.equal({point for point in points if not point.startswith(("/dev/", "/proc/"))} - allowed, set(),
            "mounts that are not in the config")
