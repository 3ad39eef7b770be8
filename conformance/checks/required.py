"""What is REQUIRED inside of optional objects: without it the config is invalid, an error."""

from bundle import DELETE
from harness import add

ID, LINUX = {"containerID": 0, "hostID": 0, "size": 1}, "config-linux.md#"
SECCOMP = {"defaultAction": "SCMP_ACT_ALLOW"}
RULE = {"names": ["getcwd"], "action": "SCMP_ACT_ERRNO"}
ARGUMENT = {"index": 0, "value": 1, "op": "SCMP_CMP_EQ"}
DEVICE = {"major": 8, "minor": 0}


def mappings(**one):
    return {"linux.namespaces+": {"type": "user"}, "linux.uidMappings": [one], "linux.gidMappings": [ID]}


def seccomp(rule):
    return {"linux.seccomp": {**SECCOMP, "syscalls": [rule]}}


def block(name, entry):
    return {f"linux.resources.blockIO.{name}": [entry]}


# name, how to make the config, the complete object, where the spec says so; each key in turn is left out
OBJECTS = (
    ("user", lambda o: {"process.user": o}, {"uid": 0, "gid": 0}, "config.md#posix-platform-user"),
    ("console-size", lambda o: {"process.terminal": True, "process.consoleSize": o}, {"height": 24, "width": 80},
     "config.md#process"),
    ("rlimit", lambda o: {"process.rlimits": [{"type": "RLIMIT_CORE", **o}]}, {"soft": 0, "hard": 0},
     "config.md#posix-process"),
    ("scheduler", lambda o: {"process.scheduler": {"nice": 0, **o}}, {"policy": "SCHED_OTHER"},
     "config.md#linux-process"),
    ("io-priority", lambda o: {"process.ioPriority": o}, {"class": "IOPRIO_CLASS_BE", "priority": 4},
     "config.md#linux-process"),
    ("mapping", lambda o: mappings(**o), ID, LINUX + "user-namespace-mappings"),
    ("device", lambda o: {"linux.devices": [{"type": "c", "path": "/dev/x", **o}]}, {"major": 1, "minor": 3},
     LINUX + "devices"),
    ("device-rule", lambda o: {"linux.resources.devices": [{"access": "rwm", **o}]}, {"allow": True},
     LINUX + "allowed-device-list"),
    ("weight-device", lambda o: block("weightDevice", {"weight": 100, **o}), DEVICE, LINUX + "block-io"),
    ("throttle-device", lambda o: block("throttleReadBpsDevice", o), {**DEVICE, "rate": 1000}, LINUX + "block-io"),
    ("throttle-iops-device", lambda o: block("throttleWriteIOPSDevice", o), {**DEVICE, "rate": 1000},
     LINUX + "block-io"),
    ("hugepage", lambda o: {"linux.resources.hugepageLimits": [o]}, {"pageSize": "2MB", "limit": 0},
     LINUX + "huge-page-limits"),
    ("network-priority", lambda o: {"linux.resources.network.priorities": [o]}, {"name": "lo", "priority": 1},
     LINUX + "network"),
    ("memory-policy", lambda o: {"linux.memoryPolicy": o}, {"mode": "MPOL_DEFAULT"}, LINUX + "memory-policy"),
    ("seccomp-rule", seccomp, RULE, LINUX + "seccomp"),
    ("seccomp-argument", lambda o: seccomp({**RULE, "args": [o]}), ARGUMENT, LINUX + "seccomp"),
    ("personality", lambda o: {"linux.personality": o}, {"domain": "LINUX"}, LINUX + "personality"),
)

# At least one of two must be there, or the value fits no interface.
INVALID = (
    ("weight-device-empty", block("weightDevice", DEVICE), LINUX + "block-io",
     "at least one of weight or leafWeight must be specified"),
    ("rdma-empty", {"linux.resources.rdma": {"mlx5_0": {}}}, LINUX + "rdma",
     "at least one of hcaHandles or hcaObjects must be specified"),
    ("gid-mappings-missing", {"mounts+": {"destination": "/m", "type": "bind", "source": "/tmp", "options": ["bind"],
                                          "uidMappings": [ID]}}, "config.md#posix-platform-mounts",
     "uidMappings must be specified along with gidMappings"),
    ("memory-bandwidth-without-mb", {"linux.intelRdt": {"memBwSchema": "L3:0=f"}}, LINUX + "intelrdt",
     "memBwSchema must start with MB:"),
    ("schemata-newline", {"linux.intelRdt": {"schemata": ["L3:0=f\nMB:0=10"]}}, LINUX + "intelrdt",
     "an element of schemata must not contain newlines"),
)

for _name, _make, _whole, _spec in OBJECTS:
    for _key in _whole:
        _part = {key: value for key, value in _whole.items() if key != _key}
        add(f"required.{_name}-{_key.lower()}", _spec, f"{_key} is REQUIRED",
            lambda t, changes=_make(_part): t.refused(changes))

for _name, _changes, _spec, _says in INVALID:
    add(f"required.{_name}", _spec, _says, lambda t, changes=_changes: t.refused(changes))

add("required.process-for-start", "config.md#process", "process is REQUIRED when start is called",
    lambda t: t.refused({"process": DELETE}, at_start=True))
