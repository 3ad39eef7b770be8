"""config-linux.md: control groups: path, limits, device rules; on cgroup v1, hybrid hosts and v2."""

import os

import harness
import host
from bundle import BASE, DELETE
from checks.namespaces import owned_by, user_namespace
from harness import Skipped, add, check

GROUPS, PATH = "config-linux.md#control-groups", "config-linux.md#cgroups-path"
HOLD = {"process.args": ["/probe", "hold"]}
NO_LIMIT = 9223372036854771712  # what v1's memory controller shows for "none", the page size being 4 KiB


def membership(pid):
    """{controller or "" for unified: path} of a process."""
    found = {}
    with open(f"/proc/{pid}/cgroup") as file:
        for line in file:
            _, controllers, path = line.rstrip("\n").split(":", 2)
            found.update({name: path for name in controllers.split(",")})
    return found


def directory(container, controller):
    """Where the container's limits of that controller are."""
    groups = host.cgroups()
    point = groups.v1.get(controller, groups.unified)
    path = membership(container.pid)["" if controller not in groups.v1 else controller]
    # A runtime may put the process into a sub-cgroup; the limits are in the one that cgroupsPath names.
    parts, name = path.split("/"), container.id
    named = [index for index, part in enumerate(parts) if name in part]
    return point + "/".join(parts[:named[-1] + 1] if named else parts)


def setting(container, controller, name):
    try:
        with open(os.path.join(directory(container, controller), name)) as file:
            return file.read().strip()
    except FileNotFoundError:
        raise Skipped(f"the kernel has no {name}") from None


# Path -----------------------------------------------------------------------------------------------


@check("cgroups.path-absolute", PATH, "an absolute path must be taken relative to the cgroups mount point")
def _(t):
    container = t.create(HOLD)
    groups, found = host.cgroups(), membership(container.pid)
    wanted = "/" + container.id
    places = {name: path for name, path in found.items() if name in groups.v1 or name == "" and groups.v2_only}
    t.require(places, "no cgroup hierarchy is mounted")
    for name, path in places.items():
        t.require(path == wanted or path.startswith(wanted + "/"), f"the cgroup is {path} ({name or 'unified'})")


@check("cgroups.path-nested", PATH, "cgroups will be created if they don't exist: every part of the path")
def _(t):
    container = t.bundle(HOLD)
    top = container.id + "-top"
    container = t.create({**HOLD, "linux.cgroupsPath": f"/{top}/middle/{container.id}"})
    found = membership(container.pid)
    t.require(any(path.startswith(f"/{top}/middle/") for path in found.values()), f"the cgroups are {found}")


@check("cgroups.path-relative", PATH, "a relative path may be anywhere, but consistently: the same for the same value")
def _(t):
    paths = []
    for _ in range(2):
        container = t.create({**HOLD, "linux.cgroupsPath": f"{t.run.prefix}-relative/inner"})
        paths.append(membership(container.pid))
        t.ok(container.kill("KILL"))
        container.wait()
        t.ok(container.delete())
    t.equal(paths[1], paths[0], "the cgroups of the second container")


@check("cgroups.path-unset", PATH, "if the value is not specified the runtime may define the default")
def _(t):
    container = t.finished({"linux.cgroupsPath": DELETE})
    t.equal(container.exit, 0, "the exit status")
    t.ok(container.delete())
    t.nothing_left(container)


@check("cgroups.existing", PATH, "cgroups will be created if they don't exist: one that does is used")
def _(t):
    container = t.bundle(HOLD)
    for point in host.cgroups().hierarchies():
        os.mkdir(os.path.join(point, container.id))
        cpuset_inherit(os.path.join(point, container.id))
    t.ok(container.create())
    paths = membership(container.state()["pid"]).values()
    t.require(any(container.id in path for path in paths), f"the cgroups are {sorted(paths)}")


def cpuset_inherit(path):
    """v1's cpuset gives a new cgroup no CPUs and no memory."""
    for name in ("cpuset.cpus", "cpuset.mems"):
        try:
            with open(os.path.join(path, "..", name)) as source, open(os.path.join(path, name), "w") as target:
                target.write(source.read())
        except OSError:
            pass


@check("cgroups.removed", "runtime.md#delete", "delete must delete the resources that create made: the cgroups")
def _(t):
    container = t.start(HOLD)
    t.require(harness.cgroups_of(container.id), "the container has no cgroup")
    t.ok(container.kill("KILL"))
    container.wait()
    t.ok(container.delete())
    t.nothing_left(container)


@check("cgroups.children-inside", GROUPS, "cgroups restrict a container: all its processes are in it")
def _(t):
    container = t.start({"process.args": ["/bin/sh", "-c", "sleep 100 & echo ready; exec /probe hold"]})
    container.wait_output("ready\nready")
    controller = "pids" if "pids" in host.cgroups().v1 else ""
    if not controller and not host.cgroups().v2_only:
        raise Skipped("no hierarchy to look at")
    count = 0
    for _, _, files in os.walk(directory(container, controller)):
        count += "cgroup.procs" in files
    found = []
    for place, _, _ in os.walk(directory(container, controller)):
        with open(place + "/cgroup.procs") as file:
            found += file.read().split()
    t.equal(len(found), 2, "the number of processes in the cgroup")


OWNERSHIP = "config-linux.md#cgroup-ownership"


def delegated(t, *options):
    """A container in user and cgroup namespaces of its own that sees its cgroup; the owner of that."""
    mounts = [{"destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["ro"]},
              {"destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": list(options)}]
    namespaces = BASE["linux"]["namespaces"] + [{"type": "user"}, {"type": "cgroup"}]
    container = t.create(user_namespace(**HOLD, **{"linux.namespaces": namespaces, "mounts+": mounts}),
                         prepare=owned_by(100000))
    place = directory(container, "" if host.cgroups().v2_only else next(iter(host.cgroups().v1)))
    return os.stat(place).st_uid, os.stat(place + "/cgroup.procs").st_uid


@check("cgroups.owner-v1", OWNERSHIP, "the owner of a cgroup should not be changed on cgroup v1", level="SHOULD",
       since="1.1", needs=("cgroup-version:1", "ns:user", "ns:cgroup"))
def _(t):
    t.equal(delegated(t, "rw"), (0, 0), "the owners of the cgroup and of cgroup.procs")


@check("cgroups.owner-writable", OWNERSHIP, "the owner should be changed if the cgroup filesystem is mounted rw",
       level="SHOULD", since="1.1", needs=("cgroup-version:2", "ns:user", "ns:cgroup"))
def _(t):
    t.equal(delegated(t, "rw"), (100000, 100000), "the owners of the cgroup and of cgroup.procs")


@check("cgroups.owner-readonly", OWNERSHIP, "the owner should be changed only if the filesystem is mounted rw",
       level="SHOULD", since="1.1", needs=("cgroup-version:2", "ns:user", "ns:cgroup"))
def _(t):
    t.equal(delegated(t, "ro"), (0, 0), "the owners of the cgroup and of cgroup.procs")


# Limits ---------------------------------------------------------------------------------------------

M = 1 << 20
# name, resources, (controller, {v1 file: value}, {v2 file: value}); the anchor is that of the resource
LIMITS = (
    ("memory", {"memory": {"limit": 64 * M}}, "memory", {"memory.limit_in_bytes": str(64 * M)},
     {"memory.max": str(64 * M)}),
    ("memory-reservation", {"memory": {"limit": 64 * M, "reservation": 32 * M}}, "memory",
     {"memory.soft_limit_in_bytes": str(32 * M)}, {"memory.low": str(32 * M)}),
    ("memory-swap", {"memory": {"limit": 64 * M, "swap": 96 * M}}, "memory",
     {"memory.memsw.limit_in_bytes": str(96 * M)}, {"memory.swap.max": str(32 * M)}),
    ("memory-unlimited", {"memory": {"limit": -1}}, "memory", {"memory.limit_in_bytes": str(NO_LIMIT)},
     {"memory.max": "max"}),
    ("memory-swappiness", {"memory": {"swappiness": 13}}, "memory", {"memory.swappiness": "13"}, {}),
    ("pids", {"pids": {"limit": 321}}, "pids", {"pids.max": "321"}, {"pids.max": "321"}),
    ("pids-unlimited", {"pids": {"limit": -1}}, "pids", {"pids.max": "max"}, {"pids.max": "max"}),
    ("cpu-shares", {"cpu": {"shares": 512}}, "cpu", {"cpu.shares": "512"}, {}),
    ("cpu-quota", {"cpu": {"quota": 50000, "period": 200000}}, "cpu",
     {"cpu.cfs_quota_us": "50000", "cpu.cfs_period_us": "200000"}, {"cpu.max": "50000 200000"}),
    ("cpu-period-alone", {"cpu": {"period": 150000}}, "cpu", {"cpu.cfs_period_us": "150000"},
     {"cpu.max": "max 150000"}),
    ("cpu-burst", {"cpu": {"quota": 50000, "period": 100000, "burst": 10000}}, "cpu", {"cpu.cfs_burst_us": "10000"},
     {"cpu.max.burst": "10000"}),
    ("cpu-idle", {"cpu": {"idle": 1}}, "cpu", {"cpu.idle": "1"}, {"cpu.idle": "1"}),
    ("cpu-realtime", {"cpu": {"realtimeRuntime": 5000, "realtimePeriod": 500000}}, "cpu",
     {"cpu.rt_runtime_us": "5000", "cpu.rt_period_us": "500000"}, {}),
    ("cpuset-cpus", {"cpu": {"cpus": "0"}}, "cpuset", {"cpuset.cpus": "0"}, {"cpuset.cpus": "0"}),
    ("cpuset-mems", {"cpu": {"mems": "0"}}, "cpuset", {"cpuset.mems": "0"}, {"cpuset.mems": "0"}),
    ("blkio-weight", {"blockIO": {"weight": 300}}, "blkio", {"blkio.bfq.weight": "300"}, {}),
    ("hugetlb", {"hugepageLimits": [{"pageSize": "2MB", "limit": 8 * M}]}, "hugetlb",
     {"hugetlb.2MB.limit_in_bytes": str(8 * M)}, {"hugetlb.2MB.max": str(8 * M)}),
    ("hugetlb-reserved", {"hugepageLimits": [{"pageSize": "2MB", "limit": 8 * M}]}, "hugetlb",
     {"hugetlb.2MB.rsvd.limit_in_bytes": str(8 * M)}, {"hugetlb.2MB.rsvd.max": str(8 * M)}),
)
NEWER = {"cpu-burst": "1.1", "cpu-idle": "1.1", "hugetlb-reserved": "1.1"}
ANCHORS = {"memory": "memory", "pids": "pids", "cpu": "cpu", "cpuset": "cpu", "blkio": "block-io",
           "hugetlb": "huge-page-limits"}

for _name, _resources, _controller, _v1, _v2 in LIMITS:
    def _limit(t, resources=_resources, controller=_controller, v1=_v1, v2=_v2):
        files = v1 if host.cgroups().version(controller) == 1 else v2
        if not files:
            raise Skipped("this resource is of cgroup v1")
        container = t.create({**HOLD, "linux.resources": resources})
        t.equal({name: setting(container, controller, name) for name in files}, files, "the settings")
    add(f"cgroups.{_name}", f"config-linux.md#{ANCHORS[_controller]}", "the limit is set on the container's cgroup",
        _limit, needs=(f"cgroup:{_controller}",), since=NEWER.get(_name, "1.0"))


def root_disk():
    """The numbers of the disk that holds /, as "major:minor": the kernel throttles disks, not partitions."""
    number = os.stat("/").st_dev
    place = os.path.realpath(f"/sys/dev/block/{os.major(number)}:{os.minor(number)}")
    if os.path.exists(place + "/partition"):
        place = os.path.dirname(place)
    try:
        with open(place + "/dev") as file:
            return file.read().strip()
    except OSError:
        raise Skipped("/ is not on a disk") from None


@check("cgroups.throttle", "config-linux.md#block-io", "throttleReadBpsDevice and the like limit the rate of a device")
def _(t):
    disk = root_disk()
    major, minor = map(int, disk.split(":"))
    if not host.cgroups().version("blkio") and not host.cgroups().version("io"):
        raise Skipped("no cgroup hierarchy with the blkio or the io controller")
    container = t.create({**HOLD, "linux.resources": {"blockIO": {
        "throttleReadBpsDevice": [{"major": major, "minor": minor, "rate": M}],
        "throttleWriteIOPSDevice": [{"major": major, "minor": minor, "rate": 77}]}}})
    if host.cgroups().version("blkio"):
        got = [setting(container, "blkio", f"blkio.throttle.{name}_device") for name in ("read_bps", "write_iops")]
        t.equal(got, [f"{disk} {M}", f"{disk} 77"], "the settings")
    else:
        t.equal(setting(container, "io", "io.max"), f"{disk} rbps={M} wbps=max riops=max wiops=77", "io.max")


@check("cgroups.oom-killer-disabled", "config-linux.md#memory", "disableOOMKiller: true disables the OOM killer",
       needs=("cgroup:memory", "cgroup-version:1"))
def _(t):
    container = t.create({**HOLD, "linux.resources": {"memory": {"limit": 64 * M, "disableOOMKiller": True}}})
    t.require("oom_kill_disable 1" in setting(container, "memory", "memory.oom_control"), "the OOM killer is on")


@check("cgroups.pids-enforced", "config-linux.md#pids", "limit is the maximum number of tasks in the cgroup",
       needs=("cgroup:pids",))
def _(t):
    text = t.output({"process.args": ["/probe", "fork", "50"], "linux.resources": {"pids": {"limit": 12}}})
    made, error = text.split()
    t.require(0 < int(made) < 12 and int(error) == 11, f"{made} children could be made, then errno {error}")


@check("cgroups.pids-zero", "config-linux.md#pids", "0 is a valid limit and should be treated as such", level="SHOULD",
       since="1.3", needs=("cgroup:pids",))
def _(t):
    container = t.create({**HOLD, "linux.resources": {"pids": {"limit": 0}}})
    t.equal(setting(container, "pids", "pids.max"), "0", "pids.max")


@check("cgroups.memory-enforced", "config-linux.md#memory", "tasks that take more than the limit are killed",
       needs=("cgroup:memory",))
def _(t):
    # A shell variable that doubles until the kernel has had enough.
    container = t.finished({"process.args": ["/bin/sh", "-c", "x=aaaaaaaaaaaaaaaa; while :; do x=$x$x; done"],
                            "linux.resources": {"memory": {"limit": 24 * M, "swap": 24 * M}}})
    t.equal(container.exit, -9, "how the program ended")


@check("cgroups.cpuset-enforced", "config-linux.md#cpu", "cpus is the list of CPUs the container will run on",
       needs=("cgroup:cpuset", "cpus:2"))
def _(t):
    t.equal(t.report({"linux.resources": {"cpu": {"cpus": "1", "mems": "0"}}})["affinity"], [1], "the CPUs")


@check("cgroups.several", GROUPS, "resources configures the container's cgroups: all of them together",
       needs=("cgroup:memory", "cgroup:pids", "cgroup:cpu", "cgroup-version:1"))
def _(t):
    container = t.create({**HOLD, "linux.resources": {"memory": {"limit": 64 * M}, "pids": {"limit": 99},
                                                      "cpu": {"shares": 256}}})
    got = [setting(container, *place) for place in (("memory", "memory.limit_in_bytes"), ("pids", "pids.max"),
                                                    ("cpu", "cpu.shares"))]
    t.equal(got, [str(64 * M), "99", "256"], "the settings")


@check("cgroups.unified", "config-linux.md#unified", "each key of unified is a file of the container's cgroup",
       since="1.1", needs=("cgroup-version:2", "cgroup:hugetlb"))
def _(t):
    container = t.create({**HOLD, "linux.resources": {"unified": {"hugetlb.2MB.max": str(6 * M),
                                                                  "cgroup.max.depth": "7"}}})
    t.equal((setting(container, "", "hugetlb.2MB.max"), setting(container, "", "cgroup.max.depth")),
            (str(6 * M), "7"), "the settings")


@check("cgroups.unified-missing", "config-linux.md#unified", "a controller that is not present must generate an error",
       since="1.1", needs=("cgroup-version:2",))
def _(t):
    t.refused({"linux.resources": {"unified": {"nosuchcontroller.max": "1"}}})


@check("cgroups.unified-on-v1", "runtime.md#create", "unified can't be applied without cgroup v2: an error",
       since="1.1", needs=("cgroup-version:1",))
def _(t):
    t.refused({"linux.resources": {"unified": {"memory.max": "1000000"}}})


@check("cgroups.bad-value", "runtime.md#create", "a limit that the kernel refuses must generate an error",
       needs=("cgroup:cpu",))
def _(t):
    t.refused({"linux.resources": {"cpu": {"quota": 5, "period": 100000}}})


@check("cgroups.bad-cpuset", "runtime.md#create", "a limit that the kernel refuses must generate an error",
       needs=("cgroup:cpuset",))
def _(t):
    t.refused({"linux.resources": {"cpu": {"cpus": "5000"}}})


@check("cgroups.bad-page-size", "config-linux.md#huge-page-limits", "pageSize must match that of a control file",
       needs=("cgroup:hugetlb",))
def _(t):
    t.refused({"linux.resources": {"hugepageLimits": [{"pageSize": "3MB", "limit": 3 * M}]}})


@check("cgroups.controller-missing", "runtime.md#create", "a limit without a controller can't be applied: an error")
def _(t):
    for name, resources in (("memory", {"memory": {"limit": 64 * M}}), ("pids", {"pids": {"limit": 10}}),
                            ("hugetlb", {"hugepageLimits": [{"pageSize": "2MB", "limit": M}]})):
        if host.cgroups().version(name) is None and name not in host.cgroups().v2:
            t.refused({"linux.resources": resources})
            return
    raise Skipped("the host has all controllers")


@check("cgroups.intel-rdt", "config-linux.md#intelrdt", "without a mounted resctrl filesystem intelRdt is an error")
def _(t):
    if any(entry["fstype"] == "resctrl" for entry in host.mounts()):
        raise Skipped("resctrl is mounted")
    t.refused({"linux.intelRdt": {"closID": "conformance", "l3CacheSchema": "L3:0=f"}})


# Device rules ---------------------------------------------------------------------------------------

DEVICES = "config-linux.md#allowed-device-list"
FUSE = {"type": "c", "major": 10, "minor": 229}
ALLOW, DENY, DENY_ALL = {"allow": True, **FUSE}, {"allow": False, **FUSE}, {"allow": False, "access": "rwm"}

RULES = (
    ("deny-all", [DENY_ALL], {"r": False, "w": False}),
    ("allow-one", [DENY_ALL, {**ALLOW, "access": "rwm"}], {"r": True, "w": True}),
    ("read-only", [DENY_ALL, {**ALLOW, "access": "r"}], {"r": True, "w": False}),
    ("write-only", [DENY_ALL, {**ALLOW, "access": "w"}], {"r": False, "w": True}),
    ("order", [DENY_ALL, {**ALLOW, "access": "rwm"}, {**DENY, "access": "w"}], {"r": True, "w": False}),
    ("order-reversed", [{**ALLOW, "access": "rwm"}, DENY_ALL], {"r": False, "w": False}),
    ("wildcard-minor", [DENY_ALL, {"allow": True, "type": "c", "major": 10, "access": "rw"}], {"r": True, "w": True}),
    ("wildcard-all", [DENY_ALL, {"allow": True, "access": "rwm"}], {"r": True, "w": True}),
    ("other-minor", [DENY_ALL, {"allow": True, "type": "c", "major": 10, "minor": 1, "access": "rw"}],
     {"r": False, "w": False}),
    ("other-type", [DENY_ALL, {"allow": True, "type": "b", "major": 10, "minor": 229, "access": "rw"}],
     {"r": False, "w": False}),
)


def device_rules(rules):
    return {"linux.devices": [{**FUSE, "path": "/dev/fuse"}], "linux.resources": {"devices": rules}}


def permitted(t, rules, access):
    """Whether the rules let the device be opened: they answer EPERM, whatever else the driver may say."""
    text = t.output({**device_rules(rules), "process.args": ["/probe", "open", access, "/dev/fuse"]})
    return int(text.split()[1]) != 1


def devices_available():
    if "devices" not in host.cgroups().v1 and not host.cgroups().v2_only:
        raise Skipped("no devices controller, and cgroup v2 is not alone")


for _name, _rules, _wanted in RULES:
    def _device(t, rules=_rules, wanted=_wanted):
        devices_available()
        t.equal({access: permitted(t, rules, access) for access in wanted}, wanted, "what may be opened")
    add(f"cgroups.devices-{_name}", DEVICES, "the rules must be applied in the listed order", _device,
        needs=("path:/dev/fuse", "cap:27"))


@check("cgroups.devices-mknod", DEVICES, "access is a composition of r, w and m: without m no device can be made",
       needs=("cap:27",), todo="runc and crun let any device be made, whatever the rules, and images' tools expect it")
def _(t):
    devices_available()
    script = "mknod /new c 10 229 2>/dev/null && echo made || echo refused"
    rules = [DENY_ALL, {**ALLOW, "access": "rwm"}, {**DENY, "access": "m"}]
    t.equal(t.shell(script, {"linux.resources": {"devices": rules}}), "refused\n", "mknod of the device")


@check("cgroups.devices-defaults-usable", "config-linux.md#default-devices", "default devices are supplied: to be used")
def _(t):
    devices_available()
    paths = ["/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom"]
    text = t.output({"linux.resources": {"devices": [DENY_ALL]}, "process.args": ["/probe", "open", "rw", *paths]})
    t.equal(text.split(), [word for path in paths for word in (path, "0")], "errors from opening")
