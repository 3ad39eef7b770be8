"""features.md: what a runtime says of itself must be true."""

import json

from harness import Skipped, check

FEATURES, LINUX = "features.md#features-structure", "features-linux.md#"
KNOWN = {"ociVersionMin", "ociVersionMax", "hooks", "mountOptions", "linux", "annotations",
         "potentiallyUnsafeConfigAnnotations"}
KNOWN_LINUX = {"namespaces", "capabilities", "cgroup", "seccomp", "apparmor", "selinux", "intelRdt", "memoryPolicy",
               "mountExtensions", "netDevices"}


def features(t):
    ran = t.runtime("features")
    if not ran.ok:
        raise Skipped("the runtime has no features command")
    return json.loads(ran.out)


@check("features.versions", FEATURES, "ociVersionMin and ociVersionMax are REQUIRED, and must be accepted", since="1.1")
def _(t):
    told = features(t)
    numbers = [[int(part) for part in told[key].split("-")[0].split(".")] for key in ("ociVersionMin", "ociVersionMax")]
    t.require(numbers[0] <= numbers[1], "ociVersionMax is less than ociVersionMin")
    for key in ("ociVersionMin", "ociVersionMax"):
        t.report({"ociVersion": told[key]})


@check("features.properties", FEATURES, "no property that the spec doesn't define, and none is null", since="1.3")
def _(t):
    told = features(t)
    t.equal(set(told) - KNOWN, set(), "unknown properties")
    t.equal(set(told.get("linux", {})) - KNOWN_LINUX, set(), "unknown properties of linux")
    t.require("null" not in json.dumps(told), "a property is null")


@check("features.annotations", FEATURES, "annotations must be a map of strings to strings", since="1.1")
def _(t):
    for key, value in features(t).get("annotations", {}).items():
        t.require(key and isinstance(value, str), f"annotation {key!r} is {value!r}")


@check("features.hooks", FEATURES, "each hook of the list must be supported", since="1.1")
def _(t):
    for kind in features(t).get("hooks", []):
        mark = t.path(f"ran-{kind}")
        # In the container's root /bin/touch is there as well.
        t.finished({f"hooks.{kind}": [{"path": "/bin/touch", "args": ["touch", mark if kind != "startContainer"
                                                                      else "/tmp/ran"]}]}).delete()
    t.equal(len(features(t).get("hooks", [])) > 0, True, "hooks are listed")


@check("features.mount-options", FEATURES, "each mount option of the list must be recognized", since="1.1")
def _(t):
    # An option that isn't known would reach tmpfs as data, which refuses it.
    special = {"bind", "rbind", "remount", "idmap", "ridmap", "tmpcopyup", "copy-symlink", "src-nofollow",
               "dest-nofollow", "mand", "nomand", "iversion", "acl", "noacl"}
    options = [option for option in features(t).get("mountOptions", []) if option not in special]
    mounts = [{"destination": f"/tmp/m{number}", "type": "tmpfs", "source": "tmpfs", "options": [option]}
              for number, option in enumerate(options)]
    t.require(mounts, "mountOptions is empty")
    t.report({"mounts+": mounts})


@check("features.namespaces", LINUX + "namespaces", "each namespace type of the list must be recognized", since="1.1",
       needs=("ns:time",))
def _(t):
    kinds = features(t)["linux"]["namespaces"]
    t.report({"linux.namespaces": [{"type": kind} for kind in kinds if kind != "user"]})


@check("features.capabilities", LINUX + "capabilities", "each capability of the list must be recognized", since="1.1")
def _(t):
    t.report({"process.capabilities": {"bounding": features(t)["linux"]["capabilities"]}})


@check("features.seccomp", LINUX + "seccomp", "actions, operators, archs and flags of the lists must be recognized",
       since="1.1", needs=("arch:x86_64",))
def _(t):
    told = features(t)["linux"]["seccomp"]
    actions = [action for action in told["actions"] if action not in ("SCMP_ACT_NOTIFY", "SCMP_ACT_ALLOW")]
    calls = ("acct", "swapon", "swapoff", "reboot", "settimeofday", "quotactl", "nfsservctl", "lookup_dcookie", "vhangup")
    rules = [{"names": [call], "action": action} for call, action in zip(calls, actions)]
    rules += [{"names": ["syslog"], "action": "SCMP_ACT_ERRNO",
               "args": [{"index": 0, "value": number, "op": operator}]}
              for number, operator in enumerate(told["operators"])]
    # Only of this machine: a filter can't be for both byte orders.
    archs = [arch for arch in told["archs"] if arch in ("SCMP_ARCH_X86", "SCMP_ARCH_X86_64", "SCMP_ARCH_X32")]
    t.report({"linux.seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "architectures": archs, "syscalls": rules,
                                "flags": told["supportedFlags"]}})
