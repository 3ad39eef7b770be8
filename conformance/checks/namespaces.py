"""config-linux.md: namespaces made, joined and inherited; user mappings; time offsets."""

import os
import time

import host
from bundle import DELETE, with_namespace, without_namespace
from harness import Failed, add, check

NAMESPACES, USER = "config-linux.md#namespaces", "config-linux.md#user-namespace-mappings"
HOLD = {"process.args": ["/probe", "hold"]}
MAPPING = [{"containerID": 0, "hostID": 100000, "size": 65536}]


def own(kind):
    return os.readlink(f"/proc/self/ns/{host.NAMESPACE_FILES[kind]}")


def seen(t, kind, changes=None, **more):
    return t.report(changes, **more)["ns"][host.NAMESPACE_FILES[kind]]


def user_namespace(mapping=None, **changes):
    """Changes that put the container into a new user namespace."""
    mapping = mapping or MAPPING
    return {"linux.namespaces": with_namespace("user"), "linux.uidMappings": mapping, "linux.gidMappings": mapping,
            **changes}


def owned_by(uid):
    """Gives the rootfs's directories to the container's root; its files are hard links, and stay."""
    def prepare(container):
        for directory, _, _ in os.walk(container.rootfs):
            os.chown(directory, uid, uid)
    return prepare


# Made -----------------------------------------------------------------------------------------------

# What the base config has, and for the others what else a container needs in them.
MADE = (("pid", {}), ("network", {}), ("mount", {}), ("ipc", {}), ("uts", {}),
        ("cgroup", {"linux.namespaces": with_namespace("cgroup")}),
        ("time", {"linux.namespaces": with_namespace("time")}), ("user", user_namespace()))

for _kind, _changes in MADE:
    add(f"namespaces.new-{_kind}", NAMESPACES, f"if path is not specified a new {_kind} namespace must be created",
        lambda t, kind=_kind, changes=_changes: t.require(
            seen(t, kind, changes, prepare=owned_by(100000) if kind == "user" else None) not in ("", own(kind)),
            f"the {kind} namespace is the runtime's"),
        needs=(f"ns:{_kind}",), since="1.1" if _kind == "time" else "1.0")


@check("namespaces.uts-isolated", NAMESPACES, "uts: the container has its own hostname")
def _(t):
    before = os.uname().nodename
    t.equal(t.report({"hostname": "inside"})["hostname"], "inside", "the hostname inside")
    t.equal(os.uname().nodename, before, "the hostname outside")


@check("namespaces.network-isolated", NAMESPACES, "network: the container will have its own network stack")
def _(t):
    links = t.shell("cat /proc/net/dev").splitlines()[2:]
    t.equal([line.split(":")[0].strip() for line in links if not line.split(":")[0].strip().startswith(
        ("tunl", "gre", "erspan", "ip_vti", "ip6", "sit", "gretap"))], ["lo"], "the network interfaces")


@check("namespaces.cgroup-view", NAMESPACES, "cgroup: the container will have an isolated view of the hierarchy",
       needs=("ns:cgroup",))
def _(t):
    paths = {line.split(":", 2)[2] for line in t.report({"linux.namespaces": with_namespace("cgroup"),
                                                         })["cgroup"].splitlines()}
    t.require("/" in paths and not any("conf-" in path for path in paths), f"the cgroups seen are {sorted(paths)}")


# Joined ---------------------------------------------------------------------------------------------

def namespace_owner(t, *flags):
    """A process in new namespaces; its pid. Its first output says that they exist."""
    process = t.helper("unshare", *flags, "sh", "-c", "echo $$; exec sleep 1000")
    line = process.stdout.readline().strip()
    if not line:
        raise Failed("the helper that makes a namespace did not start")
    return process.pid


for _kind, _flag in (("network", "--net"), ("ipc", "--ipc"), ("uts", "--uts"), ("cgroup", "--cgroup")):
    def _join(t, kind=_kind, flag=_flag):
        path = f"/proc/{namespace_owner(t, flag)}/ns/{host.NAMESPACE_FILES[kind]}"
        changes = {"linux.namespaces": with_namespace(kind, path=path)}
        if kind == "uts":
            changes["hostname"] = DELETE
        t.equal(seen(t, kind, changes), os.readlink(path), f"the {kind} namespace")
    add(f"namespaces.join-{_kind}", NAMESPACES, "the container process must be placed in the namespace of path", _join,
        needs=("program:unshare", f"ns:{_kind}"))


@check("namespaces.join-pid", NAMESPACES, "the container process must be placed in the namespace of path: pid",
       needs=("program:unshare",))
def _(t):
    process = t.helper("unshare", "--pid", "--fork", "--kill-child", "sh", "-c", "echo ready; exec sleep 1000")
    process.stdout.readline()
    path = f"/proc/{process.pid}/ns/pid_for_children"
    report = t.report({"linux.namespaces": with_namespace("pid", path=path)})
    t.equal(report["ns"]["pid"], os.readlink(path), "the pid namespace")
    t.require(report["pid"] > 1, "the pid is 1, in a namespace that had an init")


@check("namespaces.join-time", NAMESPACES, "the container process must be placed in the namespace of path: time",
       needs=("program:unshare", "ns:time"), since="1.1")
def _(t):
    process = t.helper("unshare", "--time", "--fork", "--kill-child", "sh", "-c", "echo ready; exec sleep 1000")
    process.stdout.readline()
    path = f"/proc/{process.pid}/ns/time_for_children"
    t.equal(seen(t, "time", {"linux.namespaces": with_namespace("time", path=path)}), os.readlink(path),
            "the time namespace")


@check("namespaces.join-user", NAMESPACES, "the container process must be placed in the namespace of path: user",
       needs=("program:unshare", "ns:user"))
def _(t):
    process = t.helper("unshare", "--user", "sh", "-c", "echo ready; exec sleep 1000")
    process.stdout.readline()
    for name in ("uid_map", "gid_map"):
        with open(f"/proc/{process.pid}/{name}", "w") as file:
            file.write("0 100000 65536")
    path = f"/proc/{process.pid}/ns/user"
    changes = {"linux.namespaces": with_namespace("user", path=path)}
    t.equal(seen(t, "user", changes, prepare=owned_by(100000)), os.readlink(path), "the user namespace")


@check("namespaces.join-other-container", NAMESPACES,
       "the container process must be placed in the namespace of path: those of another container")
def _(t):
    first = t.start(HOLD)
    first.wait_output("ready")
    kinds = ("network", "ipc", "uts")
    paths = {kind: f"/proc/{first.pid}/ns/{host.NAMESPACE_FILES[kind]}" for kind in kinds}
    namespaces = without_namespace(*kinds) + [{"type": kind, "path": path} for kind, path in paths.items()]
    got = t.report({"linux.namespaces": namespaces, "hostname": DELETE})["ns"]
    t.equal({kind: got[host.NAMESPACE_FILES[kind]] for kind in kinds},
            {kind: os.readlink(path) for kind, path in paths.items()}, "the namespaces")


@check("namespaces.join-bind-mounted", NAMESPACES, "path is a namespace file, such as a bind mount of one",
       needs=("program:unshare", "program:mount"))
def _(t):
    path = t.path("netns", "")
    t.helper("mount", "--bind", f"/proc/{namespace_owner(t, '--net')}/ns/net", path).wait()
    t.require(seen(t, "network", {"linux.namespaces": with_namespace("network", path=path)}) != own("network"),
              "the network namespace is the runtime's")


@check("namespaces.wrong-type", NAMESPACES, "a path that is not of the namespace type must generate an error")
def _(t):
    t.refused({"linux.namespaces": with_namespace("network", path="/proc/self/ns/ipc")})


@check("namespaces.path-missing", NAMESPACES, "a path that is not associated with a namespace must generate an error")
def _(t):
    t.refused({"linux.namespaces": with_namespace("network", path=t.path("no-such-file"))})


@check("namespaces.path-plain-file", NAMESPACES, "a path that is not a namespace must generate an error")
def _(t):
    t.refused({"linux.namespaces": with_namespace("network", path=t.path("file", "text"))})


@check("namespaces.path-relative", NAMESPACES, "path must be an absolute path; an invalid value is an error")
def _(t):
    t.refused({"linux.namespaces": with_namespace("network", path=os.path.relpath("/proc/self/ns/net", t.directory))})


@check("namespaces.duplicate", NAMESPACES, "duplicated namespaces with the same type must generate an error")
def _(t):
    t.refused({"linux.namespaces+": {"type": "network"}})


@check("namespaces.unknown-type", "config.md#valid-values", "invalid values must generate an error")
def _(t):
    t.refused({"linux.namespaces+": {"type": "galaxy"}})


# Inherited ------------------------------------------------------------------------------------------

for _kind in ("pid", "network", "ipc", "uts", "cgroup", "time", "user"):
    def _inherit(t, kind=_kind):
        changes = {"linux.namespaces": without_namespace(kind)}
        if kind == "uts":
            changes["hostname"] = DELETE
        t.equal(seen(t, kind, changes), own(kind), f"the {kind} namespace")
    add(f"namespaces.inherit-{_kind}", NAMESPACES,
        "a type that is not in the array must be inherited from the runtime", _inherit, needs=(f"ns:{_kind}",))


@check("namespaces.inherit-mount", NAMESPACES, "a type that is not in the array must be inherited from the runtime",
       todo="runc and crun need a mount namespace to build the rootfs in")
def _(t):
    t.equal(seen(t, "mount", {"linux.namespaces": without_namespace("mount"), "mounts": []}), own("mount"),
            "the mount namespace")


# User namespace -------------------------------------------------------------------------------------


@check("userns.mappings", USER, "the mappings are those of uidMappings and gidMappings", needs=("ns:user",))
def _(t):
    changes = user_namespace([{"containerID": 0, "hostID": 100000, "size": 1000},
                              {"containerID": 1000, "hostID": 200000, "size": 5}])
    changes["linux.gidMappings"] = [{"containerID": 0, "hostID": 300000, "size": 77}]
    text = t.shell("cat /proc/self/uid_map; echo; cat /proc/self/gid_map", changes, prepare=owned_by(100000))
    uids, gids = ([line.split() for line in part.splitlines()] for part in text.split("\n\n"))
    t.equal((uids, gids), ([["0", "100000", "1000"], ["1000", "200000", "5"]], [["0", "300000", "77"]]), "the maps")


@check("userns.ids", USER, "uid and gid of the process are those in the container namespace", needs=("ns:user",))
def _(t):
    changes = user_namespace(**HOLD)
    changes["process.user"] = {"uid": 12, "gid": 34, "additionalGids": [56]}
    container = t.start(changes, prepare=owned_by(100000))
    container.wait_output("ready")
    with open(f"/proc/{container.pid}/status") as file:
        lines = {line.split(":")[0]: line.split(":", 1)[1].split() for line in file}
    t.equal((lines["Uid"], lines["Gid"]), (["100012"] * 4, ["100034"] * 4), "the ids as the host sees them")
    t.require("100056" in lines["Groups"], f"the groups as the host sees them are {lines['Groups']}")


@check("userns.capabilities", "config.md#linux-process", "capabilities are kept for the process, in its user namespace",
       needs=("ns:user",))
def _(t):
    got = t.report(user_namespace(), prepare=owned_by(100000))["capabilities"]
    t.require(got["effective"] == got["bounding"] != 0, f"the sets are {got}")


@check("userns.rootfs-not-chowned", USER, "the runtime should not modify the ownership of filesystems", level="SHOULD",
       needs=("ns:user",))
def _(t):
    container = t.finished(user_namespace(), prepare=owned_by(100000))
    t.equal(os.stat(container.rootfs + "/probe").st_uid, 0, "the owner of a file in the rootfs")


@check("userns.default-devices", "config-linux.md#default-devices", "the default devices must be supplied",
       needs=("ns:user",))
def _(t):
    text = t.output(user_namespace(**{"process.args": ["/probe", "open", "rw", "/dev/null", "/dev/zero", "/dev/full",
                                                       "/dev/tty"]}), prepare=owned_by(100000))
    codes = dict(line.split() for line in text.splitlines())
    t.equal({path: codes[path] for path in ("/dev/null", "/dev/zero", "/dev/full")},
            dict.fromkeys(("/dev/null", "/dev/zero", "/dev/full"), "0"), "errors from opening")


@check("userns.mappings-without-namespace", "config.md#valid-values",
       "mappings without a user namespace can't be applied: an error")
def _(t):
    t.refused({"linux.uidMappings": MAPPING, "linux.gidMappings": MAPPING})


@check("userns.unmapped-user", "runtime.md#create", "a user that is not mapped can't be applied: an error",
       needs=("ns:user",))
def _(t):
    t.refused(user_namespace([{"containerID": 0, "hostID": 100000, "size": 10}],
                             **{"process.user": {"uid": 500, "gid": 0}}), prepare=owned_by(100000), at_start=True)


@check("userns.overlapping-mappings", "runtime.md#create", "mappings that the kernel refuses are an error",
       needs=("ns:user",))
def _(t):
    t.refused(user_namespace([{"containerID": 0, "hostID": 100000, "size": 10},
                              {"containerID": 5, "hostID": 200000, "size": 10}]), prepare=owned_by(100000))


# Time -----------------------------------------------------------------------------------------------

TIME = "config-linux.md#offset-for-time-namespace"


@check("time.offsets", TIME, "secs is the offset of the clock in the container", since="1.1", needs=("ns:time",))
def _(t):
    report = t.report({"linux.namespaces": with_namespace("time"),
                       "linux.timeOffsets": {"boottime": {"secs": 1000000}, "monotonic": {"secs": 5000}}})
    clocks = (("boottime", time.CLOCK_BOOTTIME, 1000000), ("monotonic", time.CLOCK_MONOTONIC, 5000))
    for clock, number, offset in clocks:
        difference = report[clock] - time.clock_gettime(number)
        t.require(abs(difference - offset) < 30, f"{clock} is off by {difference:.0f} s, should be {offset}")


@check("time.nanosecs", TIME, "nanosecs is the offset of the clock in nanoseconds", since="1.1", needs=("ns:time",))
def _(t):
    text = t.shell("cat /proc/self/timens_offsets", {
        "linux.namespaces": with_namespace("time"),
        "linux.timeOffsets": {"boottime": {"secs": 7, "nanosecs": 123456789}, "monotonic": {"nanosecs": 5}}})
    got = {line.split()[0]: line.split()[1:] for line in text.splitlines()}
    t.equal(got, {"monotonic": ["0", "5"], "boottime": ["7", "123456789"]}, "the offsets")


@check("time.offsets-without-namespace", "runtime.md#create", "offsets without a new time namespace: an error",
       since="1.1")
def _(t):
    t.refused({"linux.timeOffsets": {"boottime": {"secs": 7}}})


@check("time.unknown-clock", "config.md#valid-values", "invalid values must generate an error", since="1.1",
       needs=("ns:time",))
def _(t):
    t.refused({"linux.namespaces": with_namespace("time"), "linux.timeOffsets": {"sundial": {"secs": 7}}})
