"""config-linux.md: devices, default devices and links, masked and read-only paths, rootfs propagation."""

import os

import host
import kernel
from bundle import DELETE
from harness import add, check

DEVICES, DEFAULT = "config-linux.md#devices", "config-linux.md#default-devices"
MASKED, READONLY = "config-linux.md#masked-paths", "config-linux.md#readonly-paths"
PROPAGATION = "config-linux.md#rootfs-mount-propagation"

DEFAULT_DEVICES = (("null", 1, 3), ("zero", 1, 5), ("full", 1, 7), ("random", 1, 8), ("urandom", 1, 9), ("tty", 5, 0))

for _name, _major, _minor in DEFAULT_DEVICES:
    def _default(t, name=_name, major=_major, minor=_minor):
        text = t.shell(f"stat -c '%F %t %T' /dev/{name}")
        t.equal(text.strip(), f"character special file {major:x} {minor:x}", f"/dev/{name}")
    add(f"devices.default-{_name}", DEFAULT, f"the runtime must supply /dev/{_name}", _default)


@check("devices.default-usable", DEFAULT, "the default devices are there to be used, by any user")
def _(t):
    paths = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    text = t.output({"process.args": ["/probe", "open", "rw", *paths], "process.user": {"uid": 1000, "gid": 1000}})
    t.equal(text.split(), [word for path in paths for word in (path, "0")], "errors from opening")


@check("devices.ptmx", DEFAULT, "/dev/ptmx is a bind mount or symlink of the container's /dev/pts/ptmx")
def _(t):
    text = t.shell("readlink /dev/ptmx; stat -L -c '%t %T' /dev/ptmx /dev/pts/ptmx")
    numbers = text.splitlines()[-2:]
    t.equal(numbers, ["5 2", "5 2"], "the device numbers")
    mounted = "/dev/ptmx" in t.mounts()
    t.require(mounted or text.splitlines()[0] in ("pts/ptmx", "/dev/pts/ptmx"), f"/dev/ptmx is {text!r}")


@check("devices.no-console-without-terminal", DEFAULT, "/dev/console is set up if terminal is enabled")
def _(t):
    t.equal(t.shell("test -e /dev/console && echo there || echo absent"), "absent\n", "/dev/console")


LINKS = (("fd", "/proc/self/fd"), ("stdin", "/proc/self/fd/0"), ("stdout", "/proc/self/fd/1"),
         ("stderr", "/proc/self/fd/2"))

for _name, _target in LINKS:
    add(f"devices.link-{_name}", "runtime-linux.md#dev-symbolic-links", f"/dev/{_name} must be a symlink to {_target}",
        lambda t, name=_name, target=_target: t.equal(t.shell(f"readlink /dev/{name}").strip(), target, "the link"))


# Configured devices ---------------------------------------------------------------------------------

CAPABILITY = ("cap:27",)  # the runtime needs CAP_MKNOD to make them

MADE = (
    ("char", {"type": "c", "path": "/dev/conf", "major": 1, "minor": 3}, "character special file 1 3"),
    ("char-u", {"type": "u", "path": "/dev/conf", "major": 1, "minor": 3}, "character special file 1 3"),
    ("block", {"type": "b", "path": "/dev/conf", "major": 7, "minor": 0}, "block special file 7 0"),
    ("fifo", {"type": "p", "path": "/dev/conf"}, "fifo 0 0"),
    ("big-minor", {"type": "c", "path": "/dev/conf", "major": 10, "minor": 70000}, "character special file a 11170"),
    ("below", {"type": "c", "path": "/dev/a/b/conf", "major": 1, "minor": 5}, "character special file 1 5"),
    ("outside-dev", {"type": "c", "path": "/etc/conf", "major": 1, "minor": 5}, "character special file 1 5"),
)

for _name, _device, _wanted in MADE:
    add(f"devices.{_name}", DEVICES, "devices must be available in the container, of that type, major and minor",
        lambda t, device=_device, wanted=_wanted: t.equal(
            t.shell(f"stat -c '%F %t %T' {device['path']}", {"linux.devices": [device]}).strip(), wanted, "the device"),
        needs=CAPABILITY)


@check("devices.mode-and-owner", DEVICES, "fileMode, uid and gid are those of the device", needs=CAPABILITY)
def _(t):
    device = {"type": "c", "path": "/dev/conf", "major": 1, "minor": 3, "fileMode": 0o462, "uid": 12, "gid": 34}
    os.umask(0o077)
    t.equal(t.shell("stat -c '%a %u %g' /dev/conf", {"linux.devices": [device]}), "462 12 34\n", "mode and owner")


@check("devices.several", DEVICES, "every device of the array must be available", needs=CAPABILITY)
def _(t):
    devices = [{"type": "c", "path": f"/dev/conf{index}", "major": 1, "minor": index} for index in (3, 5, 7)]
    t.equal(t.shell("stat -c %T /dev/conf3 /dev/conf5 /dev/conf7", {"linux.devices": devices}).split(),
            ["3", "5", "7"], "the minors")


@check("devices.existing-file", DEVICES, "a file at path that does not match the device must generate an error",
       needs=CAPABILITY)
def _(t):
    def prepare(container):
        with open(container.rootfs + "/etc/conf", "w"):
            pass
    t.refused({"linux.devices": [{"type": "c", "path": "/etc/conf", "major": 1, "minor": 3}]}, prepare=prepare)


@check("devices.unknown-type", "config.md#valid-values", "invalid values must generate an error")
def _(t):
    t.refused({"linux.devices": [{"type": "z", "path": "/dev/conf", "major": 1, "minor": 3}]})


@check("devices.symlink-escape", DEVICES, "path is a full path inside the container: no link leads out")
def _(t):
    outside = t.folder("outside")
    container = t.bundle({"process.args": ["/bin/true"],
                          "linux.devices": [{"type": "c", "path": "/etc/link/conf", "major": 1, "minor": 3}]})
    os.symlink("../" * 12 + outside.lstrip("/"), container.rootfs + "/etc/link")
    if container.create().ok:  # an error is as good
        t.equal(container.status(), "created", "the status")
    t.equal(os.listdir(outside), [], "what was made outside of the rootfs")


# Masked and read-only paths -------------------------------------------------------------------------


@check("masked.file", MASKED, "maskedPaths: masked so that they cannot be read: a file")
def _(t):
    text = t.shell("cat /etc/passwd 2>/dev/null; cat /proc/kcore 2>/dev/null | head -c 1",
                   {"linux.maskedPaths": ["/etc/passwd", "/proc/kcore"]})
    t.equal(text, "", "what can be read")


@check("masked.directory", MASKED, "maskedPaths: masked so that they cannot be read: a directory")
def _(t):
    text = t.shell("ls /etc /proc/bus 2>/dev/null; touch /etc/new 2>/dev/null && echo wrote; true",
                   {"linux.maskedPaths": ["/etc", "/proc/bus"]})
    t.equal(text.replace("/etc:", "").replace("/proc/bus:", "").split(), [], "what can be seen or done")


@check("masked.missing", MASKED, "maskedPaths masks what is there: a path that is missing does no harm", level="SHOULD")
def _(t):
    text = t.shell("test -e /no/such && echo there || echo absent",
                   {"linux.maskedPaths": ["/no/such", "/proc/nosuch"]})
    t.equal(text, "absent\n", "the path")


@check("masked.mount", MASKED, "maskedPaths: masked so that they cannot be read: below a mount of the config")
def _(t):
    t.path("data/secret", "secret")
    text = t.shell("cat /mnt/secret 2>/dev/null; true", {
        "mounts+": {"destination": "/mnt", "type": "bind", "source": t.path("data"), "options": ["bind"]},
        "linux.maskedPaths": ["/mnt/secret"]})
    t.equal(text, "", "what can be read")


@check("readonly.directory", READONLY, "readonlyPaths sets the paths as read-only: a directory")
def _(t):
    text = t.shell("touch /etc/new 2>/dev/null && echo wrote; cat /etc/passwd | head -c 4",
                   {"linux.readonlyPaths": ["/etc"]})
    t.equal(text, "root", "what could be done")


@check("readonly.file", READONLY, "readonlyPaths sets the paths as read-only: a file")
def _(t):
    text = t.shell("echo x 2>/dev/null > /etc/passwd && echo wrote; head -c 4 /etc/passwd",
                   {"linux.readonlyPaths": ["/etc/passwd"]})
    t.equal(text, "root", "what could be done")


@check("readonly.proc", READONLY, "readonlyPaths sets the paths as read-only: /proc/sys")
def _(t):
    text = t.shell("echo x 2>/dev/null > /proc/sys/kernel/domainname && echo wrote || echo refused",
                   {"linux.readonlyPaths": ["/proc/sys"]})
    t.equal(text, "refused\n", "writing to /proc/sys")


@check("readonly.missing", READONLY, "readonlyPaths: a path that is missing does no harm", level="SHOULD")
def _(t):
    t.equal(t.shell("echo fine", {"linux.readonlyPaths": ["/no/such", "/proc/nosuch"]}), "fine\n", "the output")


@check("readonly.keeps-flags", READONLY, "readonlyPaths sets read-only: the other flags of the mount stay",
       level="SHOULD")
def _(t):
    entry = t.mounts({"mounts+": {"destination": "/mnt", "type": "tmpfs", "source": "tmpfs",
                                  "options": ["nosuid", "nodev", "noexec"]}, "linux.readonlyPaths": ["/mnt"]})["/mnt"]
    t.require({"ro", "nosuid", "nodev", "noexec"} <= entry["options"], f"the mount shows {sorted(entry['options'])}")


@check("readonly.read-only-bind-below", READONLY, "readonlyPaths sets the paths as read-only: after all mounts")
def _(t):
    text = t.shell("touch /mnt/sub/new 2>/dev/null && echo wrote || echo refused", {
        "mounts+": {"destination": "/mnt/sub", "type": "bind", "source": t.folder("data"), "options": ["bind"]},
        "linux.readonlyPaths": ["/mnt/sub"]})
    t.equal(text, "refused\n", "writing")


# Propagation ----------------------------------------------------------------------------------------

# value, tags of the root mount in the container's mountinfo, whether a later mount on the host arrives
# "rslave" is not a word of the spec, but what docker and podman send.
VALUES = (("shared", {"shared"}, None), ("slave", {"master"}, True), ("rslave", {"master"}, True),
          ("private", set(), False), ("unbindable", {"unbindable"}, False))


def shared_bundle(container):
    """Makes the rootfs a shared mount, so that there is something to propagate from."""
    kernel.mount(container.rootfs, container.rootfs, None, kernel.MS_BIND)
    kernel.mount(None, container.rootfs, None, kernel.MS_SHARED)


for _value, _tags, _arrives in VALUES:
    def _propagation(t, value=_value, tags=_tags):
        report = t.report({"linux.rootfsPropagation": value}, prepare=shared_bundle)
        root = next(entry for entry in host.mountinfo(report["mountinfo"]) if entry["point"] == "/")
        got = set(root["propagation"]) - ({"master"} if "shared" in tags else set())
        t.equal(got, tags, "the propagation of the root mount")
    add(f"propagation.{_value}", PROPAGATION, f"rootfsPropagation sets the rootfs's mount propagation: {_value}",
        _propagation)
    if _arrives is not None:
        def _event(t, value=_value, arrives=_arrives):
            container = t.create({"process.args": ["/bin/ls", "/mnt"], "linux.rootfsPropagation": value},
                                 prepare=shared_bundle)
            kernel.mount("tmpfs", container.rootfs + "/mnt", "tmpfs")
            with open(container.rootfs + "/mnt/mark", "w"):
                pass
            t.ok(container.start())
            container.wait()
            t.equal(container.output(), "mark\n" if arrives else "", "what of a later mount on the host is seen")
        add(f"propagation.{_value}-events", PROPAGATION,
            f"what is mounted on the host {'also appears' if _arrives else 'does not appear'} in the container", _event)


@check("propagation.unset", PROPAGATION, "rootfsPropagation is optional; nothing of the container reaches the host")
def _(t):
    before = {entry["point"] for entry in host.mounts()}
    container = t.create({"process.args": ["/probe", "hold"], "linux.rootfsPropagation": DELETE}, prepare=shared_bundle)
    after = {entry["point"] for entry in host.mounts()} - before - {container.rootfs}
    t.equal(after, set(), "mounts of the container on the host")


@check("propagation.unknown", "config.md#valid-values", "invalid values must generate an error")
def _(t):
    t.refused({"linux.rootfsPropagation": "sideways"})
