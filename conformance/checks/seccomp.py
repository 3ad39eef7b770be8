"""config-linux.md: seccomp: actions, arguments, flags, architectures, and notification of a listener.

The system calls tried are ones that neither a C library's start nor a runtime needs: getpriority, kcmp and
sysinfo. A filter that answers does so with an errno that the kernel itself would not give.
"""

import array
import fcntl
import json
import os
import signal
import socket
import struct

from harness import Failed, add, check

SECCOMP, STATE = "config-linux.md#seccomp", "config-linux.md#the-container-process-state"
ODD = 77  # EBADFD: what a filter answers here


def rule(names, action, **fields):
    return {"names": names if isinstance(names, list) else [names], "action": action, **fields}


def profile(*rules, default="SCMP_ACT_ALLOW", **fields):
    return {"linux.seccomp": {"defaultAction": default, "syscalls": list(rules), **fields}}


def argument(index, value, op, two=None):
    return {"index": index, "value": value, "op": op, **({} if two is None else {"valueTwo": two})}


def called(t, changes, *words, verb="syscall"):
    """What the raw system call `words` returned in a container with that profile: (result, errno)."""
    text = t.output({**changes, "process.args": ["/probe", verb, *[str(word) for word in words]]})
    result, error = text.split()[:2]
    return int(result), int(error)


@check("seccomp.errno", SECCOMP, "SCMP_ACT_ERRNO fails the call; the default errno is EPERM")
def _(t):
    t.equal(called(t, profile(rule("getpriority", "SCMP_ACT_ERRNO")), "getpriority", 0, 0), (-1, 1), "the result")


@check("seccomp.errno-ret", SECCOMP, "errnoRet is the errno return code to use", since="1.1")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD))
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result")


@check("seccomp.errno-ret-zero", SECCOMP, "errnoRet is the errno return code to use: also 0", since="1.1")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=0))
    t.equal(called(t, changes, "getpriority", 0, 0), (0, 0), "the result")


@check("seccomp.others-allowed", SECCOMP, "a call that no rule names gets the default action")
def _(t):
    changes = profile(rule("kcmp", "SCMP_ACT_ERRNO", errnoRet=ODD))
    t.equal(called(t, changes, "getpriority", 0, 0)[1], 0, "the errno")


@check("seccomp.several-names", SECCOMP, "names lists the system calls of a rule")
def _(t):
    changes = profile(rule(["getpriority", "kcmp"], "SCMP_ACT_ERRNO", errnoRet=ODD))
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result of getpriority")
    t.equal(called(t, changes, "kcmp"), (-1, ODD), "the result of kcmp")


@check("seccomp.active", SECCOMP, "seccomp sandboxes the process: a filter is in force")
def _(t):
    status = t.report(profile(rule("kcmp", "SCMP_ACT_ERRNO")))["status"]
    t.require("Seccomp:\t2" in status, "the process has no filter")


@check("seccomp.unset", SECCOMP, "seccomp is optional: without it the process has no filter of the runtime's")
def _(t):
    with open("/proc/self/status") as file:
        own = [line for line in file if line.startswith("Seccomp:")]
    t.equal([line + "\n" for line in t.report()["status"].splitlines() if line.startswith("Seccomp:")], own,
            "seccomp of the process")


@check("seccomp.privileged-process", SECCOMP, "seccomp needs no noNewPrivileges, where the runtime has the privilege")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD))
    t.equal(called(t, {**changes, "process.noNewPrivileges": False}, "getpriority", 0, 0), (-1, ODD), "the result")


@check("seccomp.plain-user", SECCOMP, "seccomp is applied whatever the user of the process")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD))
    user = {"process.user": {"uid": 1000, "gid": 1000}}
    for privileges in (True, False):
        t.equal(called(t, {**changes, **user, "process.noNewPrivileges": privileges}, "getpriority", 0, 0), (-1, ODD),
                f"the result with noNewPrivileges {privileges}")


# Other actions --------------------------------------------------------------------------------------

KILLING = (("kill", "SCMP_ACT_KILL", "1.0"), ("kill-thread", "SCMP_ACT_KILL_THREAD", "1.1"),
           ("kill-process", "SCMP_ACT_KILL_PROCESS", "1.1"))

for _name, _action, _since in KILLING:
    def _kills(t, action=_action):
        container = t.finished({**profile(rule("kcmp", action)), "process.args": ["/probe", "syscall", "kcmp"]})
        t.equal((container.exit, container.output()), (-signal.SIGSYS, ""), "how the program ended")
    add(f"seccomp.{_name}", SECCOMP, f"{_action} kills the caller", _kills, since=_since)


@check("seccomp.kill-thread-only", SECCOMP, "SCMP_ACT_KILL_THREAD kills the thread, not the process", since="1.1")
def _(t):
    text = t.output({**profile(rule("kcmp", "SCMP_ACT_KILL_THREAD")),
                     "process.args": ["/probe", "thread-syscall", "kcmp"]})
    t.equal(text, "main alive\n", "the output")


@check("seccomp.kill-process-all", SECCOMP, "SCMP_ACT_KILL_PROCESS kills the whole process", since="1.1")
def _(t):
    container = t.finished({**profile(rule("kcmp", "SCMP_ACT_KILL_PROCESS")),
                            "process.args": ["/probe", "thread-syscall", "kcmp"]})
    t.equal((container.exit, container.output()), (-signal.SIGSYS, ""), "how the program ended")


@check("seccomp.trap", SECCOMP, "SCMP_ACT_TRAP sends SIGSYS")
def _(t):
    text = t.output({**profile(rule("kcmp", "SCMP_ACT_TRAP")), "process.args": ["/probe", "trap-syscall", "kcmp"]})
    t.require(text.startswith("SIGSYS "), f"the output is {text!r}")


@check("seccomp.trace", SECCOMP, "SCMP_ACT_TRACE without a tracer: the call fails with ENOSYS")
def _(t):
    t.equal(called(t, profile(rule("getpriority", "SCMP_ACT_TRACE", errnoRet=ODD)), "getpriority", 0, 0), (-1, 38),
            "the result")


@check("seccomp.log", SECCOMP, "SCMP_ACT_LOG allows the call, and logs it", since="1.0.2")
def _(t):
    t.equal(called(t, profile(rule("getpriority", "SCMP_ACT_LOG")), "getpriority", 0, 0)[1], 0, "the errno")


@check("seccomp.default-errno-ret", SECCOMP, "defaultErrnoRet is the errno of the default action", since="1.1")
def _(t):
    changes = profile(rule(all_calls() - {"getpriority"}, "SCMP_ACT_ALLOW"), default="SCMP_ACT_ERRNO",
                      defaultErrnoRet=ODD)
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result")


@check("seccomp.default-errno", SECCOMP, "defaultAction is the default action for seccomp: ERRNO, with EPERM")
def _(t):
    changes = profile(rule(all_calls() - {"getpriority"}, "SCMP_ACT_ALLOW"), default="SCMP_ACT_ERRNO")
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, 1), "the result")


@check("seccomp.unknown-name", SECCOMP, "a profile may name calls that this kernel or architecture does not have",
       level="SHOULD")
def _(t):
    changes = profile(rule(["getpriority", "no_such_call", "arm_fadvise64_64"], "SCMP_ACT_ERRNO", errnoRet=ODD))
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result")


def all_calls():
    """The names of all system calls, from the kernel's header."""
    for path in ("/usr/include/x86_64-linux-gnu/asm/unistd_64.h", "/usr/include/asm-generic/unistd.h"):
        if os.path.exists(path):
            with open(path) as file:
                words = [line.split()[1] for line in file if line.startswith("#define __NR_")]
            return Names(word.removeprefix("__NR_").removeprefix("__NR3264_") for word in words)
    raise Failed("the kernel's list of system calls is not installed")


class Names(list):
    """A list with set difference, since JSON knows no sets."""

    def __sub__(self, others):
        return [name for name in self if name not in others]


# Arguments ------------------------------------------------------------------------------------------

BIG = 0x100000001  # a comparison of 32 bits would take it for 1
COMPARISONS = (
    ("ne", [argument(1, 5, "SCMP_CMP_NE")], {4: True, 5: False, 6: True}),
    ("lt", [argument(1, 5, "SCMP_CMP_LT")], {4: True, 5: False, 6: False}),
    ("le", [argument(1, 5, "SCMP_CMP_LE")], {4: True, 5: True, 6: False}),
    ("eq", [argument(1, 5, "SCMP_CMP_EQ")], {4: False, 5: True, 6: False}),
    ("ge", [argument(1, 5, "SCMP_CMP_GE")], {4: False, 5: True, 6: True}),
    ("gt", [argument(1, 5, "SCMP_CMP_GT")], {4: False, 5: False, 6: True}),
    ("masked-eq", [argument(1, 0xf0, "SCMP_CMP_MASKED_EQ", 0x20)], {0x20: True, 0x2f: True, 0x30: False, 0x120: True}),
    ("eq-64-bit", [argument(1, BIG, "SCMP_CMP_EQ")], {1: False, BIG: True, BIG + 1: False}),
    ("gt-64-bit", [argument(1, BIG, "SCMP_CMP_GT")], {2: False, BIG: False, BIG + 1: True}),
    ("two-arguments", [argument(0, 1, "SCMP_CMP_EQ"), argument(1, 5, "SCMP_CMP_EQ")], {4: False, 5: True}),
    ("last-argument", [argument(4, 9, "SCMP_CMP_EQ")], {5: True}),
)

for _name, _arguments, _cases in COMPARISONS:
    def _compares(t, arguments=_arguments, cases=_cases):
        changes = profile(rule("kcmp", "SCMP_ACT_ERRNO", errnoRet=ODD, args=arguments))
        got = {value: called(t, changes, "kcmp", 1, value, 0, 0, 9)[1] == ODD for value in cases}
        t.equal(got, cases, "which values of the argument the rule matched")
    add(f"seccomp.args-{_name}", SECCOMP, "args compares the arguments of the call", _compares)


@check("seccomp.args-same-index", SECCOMP, "args: two conditions on one argument", level="SHOULD")
def _(t):
    # libseccomp takes one condition per argument: runtimes make a rule of each, which then match as "or".
    changes = profile(rule("kcmp", "SCMP_ACT_ERRNO", errnoRet=ODD,
                           args=[argument(1, 5, "SCMP_CMP_EQ"), argument(1, 7, "SCMP_CMP_EQ")]))
    got = {value: called(t, changes, "kcmp", 1, value)[1] == ODD for value in (5, 6, 7)}
    t.equal(got, {5: True, 6: False, 7: True}, "which values of the argument the rule matched")


# Flags and architectures ----------------------------------------------------------------------------

for _flag in ("TSYNC", "LOG", "SPEC_ALLOW"):
    add(f"seccomp.flag-{_flag.lower().replace('_', '-')}", SECCOMP, "flags to use with seccomp(2)",
        lambda t, flag=_flag: t.equal(called(t, profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD),
                                                        flags=[f"SECCOMP_FILTER_FLAG_{flag}"]), "getpriority", 0, 0),
                                      (-1, ODD), "the result"), since="1.0.2")


@check("seccomp.flags-none", SECCOMP, "flags may be empty", since="1.0.2")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD), flags=[])
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result")


@check("seccomp.architecture-compat", SECCOMP, "architectures: the rules hold for 32-bit calls, too",
       needs=("arch:x86_64",))
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD),
                      architectures=["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"])
    t.equal(called(t, changes, 96, 0, 0, verb="ia32"), (-1, ODD), "the 32-bit call")
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the 64-bit call")


@check("seccomp.architecture-not-listed", SECCOMP, "architectures: a call of one that is not listed is not let through",
       needs=("arch:x86_64",))
def _(t):
    container = t.finished({**profile(rule("kcmp", "SCMP_ACT_ERRNO"), architectures=["SCMP_ARCH_X86_64"]),
                            "process.args": ["/probe", "ia32", "96", "0", "0"]})
    t.equal(container.exit, -signal.SIGSYS, "how the program ended")


@check("seccomp.architecture-native-implied", SECCOMP, "architectures: the native one is filtered even if not listed",
       needs=("arch:x86_64",))
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD), architectures=["SCMP_ARCH_X86"])
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the 64-bit call")


# Refused --------------------------------------------------------------------------------------------

GETPRIORITY = rule("getpriority", "SCMP_ACT_ERRNO")
BAD = (
    ("unknown-action", profile(rule("getpriority", "SCMP_ACT_NONSENSE")), "1.0"),
    ("unknown-default", profile(default="SCMP_ACT_NONSENSE"), "1.0"),
    ("no-default", {"linux.seccomp": {"syscalls": [GETPRIORITY]}}, "1.0"),
    ("unknown-operator", profile(rule("kcmp", "SCMP_ACT_ERRNO", args=[argument(0, 1, "SCMP_CMP_NONSENSE")])), "1.0"),
    ("unknown-architecture", profile(GETPRIORITY, architectures=["SCMP_ARCH_NONSENSE"]), "1.0"),
    ("unknown-flag", profile(GETPRIORITY, flags=["SECCOMP_FILTER_FLAG_NONSENSE"]), "1.0.2"),
    ("index-too-high", profile(rule("kcmp", "SCMP_ACT_ERRNO", args=[argument(6, 1, "SCMP_CMP_EQ")])), "1.0"),
    ("no-names", profile({"names": [], "action": "SCMP_ACT_ERRNO"}), "1.0"),
    ("errno-for-allow", profile(rule("getpriority", "SCMP_ACT_KILL", errnoRet=ODD)), "1.1"),
    ("metadata-without-listener", profile(GETPRIORITY, listenerMetadata="x"), "1.1"),
    ("notify-without-listener", profile(rule("getpriority", "SCMP_ACT_NOTIFY")), "1.1"),
)
SAYS = {"no-default": "defaultAction is REQUIRED", "no-names": "names must contain at least one entry",
        "errno-for-allow": "when the action doesn't support an errno the runtime must fail",
        "metadata-without-listener": "listenerMetadata must not be set if listenerPath is not set",
        "notify-without-listener": "a filter that nobody listens to can't be applied: an error"}

for _name, _changes, _since in BAD:
    add(f"seccomp.bad-{_name}", SECCOMP, SAYS.get(_name, "invalid values must generate an error"),
        lambda t, changes=_changes: t.refused(changes), since=_since)


# Notification ---------------------------------------------------------------------------------------

_RECEIVE, _SEND = 0xC0502100, 0xC0182101  # SECCOMP_IOCTL_NOTIF_RECV and _SEND


class Listener:
    """The agent at the other end of listenerPath."""

    def __init__(self, t):
        self.path = t.path("agent")
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(self.path)
        self.socket.listen(1)
        self.socket.settimeout(10)

    def accept(self):
        """(container process state, descriptors) that the runtime has sent."""
        connection, _ = self.socket.accept()
        connection.settimeout(10)
        text, descriptors, calls_with_descriptors = b"", [], []
        while True:
            data, ancillary, _, _ = connection.recvmsg(65536, socket.CMSG_SPACE(64))
            for level, kind, content in ancillary:
                if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                    found = array.array("i")
                    found.frombytes(content[:len(content) - len(content) % found.itemsize])
                    descriptors += list(found)
                    calls_with_descriptors.append(len(text))
            if not data:
                break
            text += data
        if any(calls_with_descriptors):
            raise Failed("descriptors came with a later call than the first")
        try:
            return json.loads(text), descriptors
        except ValueError:
            raise Failed(f"the container process state is not JSON: {text[:200]!r}") from None


def answer(descriptor, error):
    """Answers one notification with an errno."""
    request = bytearray(80)
    fcntl.ioctl(descriptor, _RECEIVE, request)
    identity = struct.unpack_from("=Q", request)[0]
    fcntl.ioctl(descriptor, _SEND, struct.pack("=QqiI", identity, 0, -error, 0))


def notified(t, **fields):
    """A started container with a listener, what the agent was told, and the descriptors that it got.

    The socket holds the connection until we look at it, so it is the runtime's affair whether create or
    start sends. The program then waits in its call for an answer.
    """
    listener = Listener(t)
    container = t.start({**profile(rule("getpriority", "SCMP_ACT_NOTIFY"), listenerPath=listener.path, **fields),
                         "process.args": ["/probe", "syscall", "getpriority", "0", "0"],
                         "annotations": {"org.example.key": "value"}})
    state, descriptors = listener.accept()
    return container, state, descriptors


@check("seccomp.notify", SECCOMP, "SCMP_ACT_NOTIFY: the runtime sends the seccomp file descriptor to listenerPath",
       since="1.1")
def _(t):
    container, state, descriptors = notified(t)
    t.equal((state.get("fds"), len(descriptors)), (["seccompFd"], 1), "fds and the number of descriptors")
    answer(descriptors[0], ODD)
    container.wait()
    t.equal(container.output().split(), ["-1", str(ODD)], "the result of the call")


@check("seccomp.notify-state", STATE, "the container process state has ociVersion, pid and state, and the metadata",
       since="1.1")
def _(t):
    container, state, descriptors = notified(t, listenerMetadata="words for the agent")
    t.equal((state.get("pid"), state.get("metadata")), (container.pid, "words for the agent"), "pid and metadata")
    t.require(str(state.get("ociVersion")).startswith("1."), f"ociVersion is {state.get('ociVersion')!r}")
    inner = state.get("state", {})
    t.equal({key: inner.get(key) for key in ("id", "pid", "bundle")},
            {"id": container.id, "pid": container.pid, "bundle": container.directory}, "the state of the container")
    t.equal(inner.get("annotations", {}).get("org.example.key"), "value", "the annotation")
    t.require(inner.get("status") in ("creating", "created"), f"the status is {inner.get('status')!r}")


@check("seccomp.notify-nobody", SECCOMP, "if sending to listenerPath fails the runtime must generate an error",
       since="1.1")
def _(t):
    t.refused(profile(rule("getpriority", "SCMP_ACT_NOTIFY"), listenerPath=t.path("nobody")), at_start=True)


@check("seccomp.listener-ignored", SECCOMP, "if SCMP_ACT_NOTIFY is not used listenerPath is ignored", since="1.1")
def _(t):
    changes = profile(rule("getpriority", "SCMP_ACT_ERRNO", errnoRet=ODD), listenerPath=t.path("nobody"))
    t.equal(called(t, changes, "getpriority", 0, 0), (-1, ODD), "the result")


@check("seccomp.flag-wait-killable", SECCOMP, "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV is a flag to use with seccomp(2)",
       since="1.1")
def _(t):
    container, _, descriptors = notified(t, flags=["SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"])
    answer(descriptors[0], ODD)
    container.wait()
    t.equal(container.output().split(), ["-1", str(ODD)], "the result of the call")
