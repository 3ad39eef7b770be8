"""config.md: configs that must be refused, with nothing left behind, and ones that must not."""

import json
import os

import bundle
from bundle import BASE, DELETE, edited
from harness import Skipped, add, check

CONFIG, VALID = "config.md#configuration", "config.md#valid-values"
CREATE, EXTENSIBLE = "runtime.md#create", "config.md#extensibility"

# Refused --------------------------------------------------------------------------------------------

# name, changes or the text of config.json, where the spec says so, and what it says
TEXTS = (
    ("empty", "", CONFIG, "config.json holds an object"),
    ("not-json", "{\"ociVersion\": \"1.0.2\",", CONFIG, "config.json is JSON"),
    ("array", "[]", CONFIG, "config.json holds an object"),
    ("trailing-text", None, CONFIG, "config.json is JSON: nothing follows the object"),
)

MISSING = (
    ("no-oci-version", {"ociVersion": DELETE}, "config.md#specification-version", "ociVersion is REQUIRED"),
    ("no-root", {"root": DELETE}, "config.md#root", "root is REQUIRED on Linux"),
    ("no-root-path", {"root": {}}, "config.md#root", "root.path is REQUIRED"),
    ("no-cwd", {"process.cwd": DELETE}, "config.md#process", "cwd is REQUIRED"),
    ("no-args", {"process.args": DELETE}, "config.md#process", "at least one entry of args is REQUIRED"),
    ("empty-args", {"process.args": []}, "config.md#process", "at least one entry of args is REQUIRED"),
    ("no-destination", {"mounts+": {"type": "tmpfs", "source": "tmpfs"}}, "config.md#mounts",
     "destination is REQUIRED"),
    ("no-namespace-type", {"linux.namespaces+": {}}, "config-linux.md#namespaces", "type is REQUIRED"),
    ("no-device-path", {"linux.devices": [{"type": "c", "major": 1, "minor": 3}]}, "config-linux.md#devices",
     "path is REQUIRED"),
    ("no-device-type", {"linux.devices": [{"path": "/dev/x", "major": 1, "minor": 3}]}, "config-linux.md#devices",
     "type is REQUIRED"),
    ("no-hook-path", {"hooks": {"prestart": [{"args": ["true"]}]}}, "config.md#posix-platform-hooks",
     "path is REQUIRED"),
    ("no-rlimit-type", {"process.rlimits": [{"soft": 1, "hard": 1}]}, "config.md#posix-process", "type is REQUIRED"),
)

INVALID = (
    ("oci-version-not-semver", {"ociVersion": "one"}, "config.md#specification-version",
     "ociVersion must be in SemVer format"),
    ("oci-version-other-major", {"ociVersion": "2.0.0"}, "config.md#specification-version",
     "compatibility is within major versions: another one is unsupported, an error"),
    ("cwd-relative", {"process.cwd": "tmp"}, "config.md#process", "cwd must be an absolute path"),
    ("cwd-empty", {"process.cwd": ""}, "config.md#process", "cwd must be an absolute path"),
    ("uid-negative", {"process.user": {"uid": -1, "gid": 0}}, VALID, "invalid values must generate an error"),
    ("uid-too-big", {"process.user": {"uid": 1 << 32, "gid": 0}}, VALID, "invalid values must generate an error"),
    ("device-number-negative", {"linux.devices": [{"type": "c", "path": "/dev/x", "major": -1, "minor": -1}]},
     VALID, "invalid values must generate an error"),
    ("masked-relative", {"linux.maskedPaths": ["proc/kcore"]}, "config-linux.md#masked-paths",
     "the values must be absolute paths"),
    ("readonly-relative", {"linux.readonlyPaths": ["proc/sys"]}, "config-linux.md#readonly-paths",
     "the values must be absolute paths"),
    ("annotation-empty-key", {"annotations": {"": "x"}}, "config.md#annotations", "keys must not be an empty string"),
)

# One wrong JSON type for each: the schema gives the types.
TYPES = {
    "ociVersion": 1, "process": [], "process.terminal": "no", "process.cwd": 5, "process.args": "sh",
    "process.env": {"PATH": "/bin"}, "process.user": "root", "process.user.uid": "0", "process.user.additionalGids": 5,
    "process.capabilities": ["CAP_CHOWN"], "process.capabilities.bounding": "CAP_CHOWN", "process.rlimits": {},
    "process.noNewPrivileges": 1, "process.oomScoreAdj": "1", "root": "rootfs", "root.path": 1, "root.readonly": "yes",
    "hostname": 1, "mounts": {}, "hooks": [], "hooks.prestart": {}, "annotations": [], "annotations.key": 1,
    "linux": [], "linux.namespaces": {}, "linux.devices": {}, "linux.sysctl": [], "linux.cgroupsPath": 1,
    "linux.resources": [], "linux.resources.memory": 1, "linux.seccomp": [], "linux.maskedPaths": "/proc/kcore", "linux.uidMappings": {},
}

for _name, _text, _spec, _says in TEXTS:
    _text = json.dumps(edited({})) + "}" if _text is None else _text
    add(f"config.bad-{_name}", _spec, f"{_says}; anything else is an error",
        lambda t, text=_text: t.refused(text))

for _name, _changes, _spec, _says in MISSING + INVALID:
    add(f"config.bad-{_name}", _spec, _says, lambda t, changes=_changes: t.refused(changes))

for _path, _value in TYPES.items():
    add(f"config.bad-type-{_path.replace('.', '-')}", VALID,
        f"invalid values must generate an error: the type of {_path}",
        lambda t, path=_path, value=_value: t.refused({path: value}))


@check("config.apparmor-unavailable", CREATE, "a profile that can't be applied, for lack of AppArmor, is an error")
def _(t):
    if os.path.isdir("/sys/kernel/security/apparmor"):
        raise Skipped("the host has AppArmor")
    t.refused({"process.apparmorProfile": "conformance-profile"})


@check("config.selinux-unavailable", CREATE, "a label that can't be applied, for lack of SELinux, is an error")
def _(t):
    if os.path.isdir("/sys/fs/selinux"):
        raise Skipped("the host has SELinux")
    t.refused({"process.selinuxLabel": "system_u:system_r:container_t:s0"})


@check("config.bad-missing-file", "bundle.md#filesystem-bundle", "a bundle must hold a config.json")
def _(t):
    t.refused(prepare=lambda container: os.unlink(container.directory + "/config.json"))


@check("config.bad-unreadable", "bundle.md#filesystem-bundle", "config.json is a file: anything else is an error")
def _(t):
    def prepare(container):
        os.unlink(container.directory + "/config.json")
        os.mkdir(container.directory + "/config.json")
    t.refused(prepare=prepare)


@check("config.bad-then-good", "runtime.md#errors", "an error must leave the state as if it were never attempted")
def _(t):
    container = t.bundle({"process.cwd": "relative"})
    t.fails(container.create(), "create with a relative cwd")
    bundle.write_config(container.directory, edited({"process.args": ["/bin/echo", "fine"],
                                                     "linux.cgroupsPath": "/" + container.id}))
    t.ok(container.create())
    container.pid = container.state()["pid"]
    t.ok(container.start())
    container.wait()
    t.equal(container.output(), "fine\n", "the output of the container that then has the ID")


# Accepted -------------------------------------------------------------------------------------------

ACCEPTED = (
    ("unknown-property", {"com.example": 1, "process.future": {"a": [1]}, "linux.future": True, "root.future": None},
     EXTENSIBLE, "unknown properties must otherwise be ignored"),
    ("unknown-in-arrays", {"mounts+": {"destination": "/mnt", "type": "tmpfs", "source": "tmpfs", "future": 1},
                           "process.rlimits": [{"type": "RLIMIT_CORE", "soft": 0, "hard": 0, "future": 1}]},
     EXTENSIBLE, "unknown properties must otherwise be ignored"),
    ("other-platforms", {"windows": {"layerFolders": ["C:\\x"]}, "solaris": {"milestone": "online"}},
     "config.md#platform-specific-configuration", "the objects of other platforms do no harm"),
    ("oci-version-1.0.0", {"ociVersion": "1.0.0"}, "config.md#specification-version",
     "the specification is backward compatible within major versions"),
    ("oci-version-1.3.0", {"ociVersion": "1.3.0"}, "config.md#specification-version",
     "a runtime that supports 1.3 runs a configuration of 1.3"),
    ("oci-version-prerelease", {"ociVersion": "1.0.2-dev"}, "config.md#specification-version",
     "ociVersion must be in SemVer format, which knows pre-releases"),
    ("empty-lists", {"process.env": [], "process.rlimits": [], "linux.devices": [], "linux.maskedPaths": [],
                     "hooks": {}, "annotations": {}}, CONFIG, "optional arrays and objects may be empty"),
    ("capabilities-absent", {"process.capabilities": DELETE}, "config.md#linux-process", "capabilities is OPTIONAL"),
    ("env-absent", {"process.env": DELETE}, "config.md#process", "env is OPTIONAL"),
    ("resources-absent", {"linux.resources": DELETE}, "config-linux.md#control-groups", "resources is OPTIONAL"),
    ("utf8", {"annotations": {"org.example.name": "\u4f60\u597d \U0001f600"}, "process.env": ["NAME=\u4f60\u597d"]},
     CONFIG, "config.json is JSON, whose text is Unicode"),
    ("console-size-without-terminal", {"process.consoleSize": {"height": 5, "width": 5}}, "config.md#process",
     "consoleSize must be ignored if terminal is false"),
)

for _name, _changes, _spec, _says in ACCEPTED:
    add(f"config.good-{_name}", _spec, _says,
        lambda t, changes=_changes: t.equal(t.report(changes)["args"], BASE["process"]["args"], "argv"))
