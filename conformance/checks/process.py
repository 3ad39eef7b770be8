"""config.md: process: cwd, env, args, user, capabilities, limits, scheduling."""

import json
import os
import resource

import host
import kernel
from bundle import CAPABILITIES, DELETE
from harness import add, check

PROCESS, LINUX_PROCESS = "config.md#process", "config.md#linux-process"
POSIX_PROCESS, USER = "config.md#posix-process", "config.md#posix-platform-user"

NUMBERS = {"CAP_CHOWN": 0, "CAP_DAC_OVERRIDE": 1, "CAP_DAC_READ_SEARCH": 2, "CAP_FOWNER": 3, "CAP_FSETID": 4,
           "CAP_KILL": 5, "CAP_SETGID": 6, "CAP_SETUID": 7, "CAP_SETPCAP": 8, "CAP_NET_BIND_SERVICE": 10,
           "CAP_NET_RAW": 13, "CAP_SYS_CHROOT": 18, "CAP_SYS_ADMIN": 21, "CAP_SYS_RESOURCE": 24, "CAP_MKNOD": 27,
           "CAP_AUDIT_WRITE": 29, "CAP_SETFCAP": 31, "CAP_CHECKPOINT_RESTORE": 40}


def mask(names):
    return sum(1 << NUMBERS[name] for name in names)


# Program --------------------------------------------------------------------------------------------


@check("process.cwd", PROCESS, "cwd is the working directory that will be set for the executable")
def _(t):
    t.equal(t.report({"process.cwd": "/tmp"})["cwd"], "/tmp", "the working directory")


@check("process.cwd-in-mount", PROCESS, "cwd is the working directory: inside the container, after its mounts")
def _(t):
    changes = {"process.cwd": "/mnt/below", "mounts+": {"destination": "/mnt", "type": "bind",
                                                        "source": t.folder("data"), "options": ["bind"]}}
    os.mkdir(t.path("data/below"))
    t.equal(t.report(changes)["cwd"], "/mnt/below", "the working directory")


@check("process.args", PROCESS, "args are the program's argv, entry for entry")
def _(t):
    wanted = ["/probe", "report", "", "two words", "--flag=\"quoted\"", "$HOME", "gr\u00fcn\n"]
    got = t.report({"process.args": wanted})["args"]
    got = [word.encode("latin-1").decode() for word in got]
    t.equal(got, wanted, "argv")


@check("process.args-search-path", PROCESS, "args[0] is used with the semantics of execvp's file: PATH is searched")
def _(t):
    text = t.output({"process.args": ["echo", "found"], "process.env": ["PATH=/nowhere:/bin"]})
    t.equal(text, "found\n", "the output")


@check("process.args-relative", PROCESS, "args[0] is used with the semantics of execvp's file: a slash, no search")
def _(t):
    text = t.output({"process.args": ["./echo", "found"], "process.env": ["PATH=/nowhere"], "process.cwd": "/bin"})
    t.equal(text, "found\n", "the output")


for _name, _word in (("unknown", "no-such-program"), ("missing", "/no/such/program"), ("directory", "/tmp"),
                     ("not-executable", "/etc/passwd")):
    add(f"process.args-{_name}", "runtime.md#create",
        "if the runtime cannot apply a property, here the program to run, it must generate an error",
        lambda t, word=_word: t.refused({"process.args": [word]}, at_start=True))


@check("process.env", PROCESS, "env is the program's environ: every entry, in order")
def _(t):
    wanted = ["PATH=/bin", "A=1", "EMPTY=", "EQUALS=a=b=c", "SPACE=a b", "lower=x", "HOME=/somewhere", "TERM=dumb"]
    t.equal(t.report({"process.env": wanted})["env"], wanted, "the environment")


@check("process.env-nothing-else", PROCESS, "env is the program's environ: nothing of the runtime's own gets in")
def _(t):
    os.environ["CONFORMANCE_LEAK"] = "1"
    names = {entry.split("=")[0] for entry in t.report({"process.env": ["PATH=/bin"]})["env"]}
    # HOME is what runc and crun add from /etc/passwd, and programs expect it.
    t.equal(names - {"HOME"}, {"PATH"}, "the names in the environment")


@check("process.stdio", "runtime-linux.md#file-descriptors", "stdin, stdout and stderr are kept open")
def _(t):
    container = t.finished({"process.args": ["/bin/sh", "-c", "echo out; echo err >&2"]})
    t.equal((container.output(), container._read("stderr")), ("out\n", "err\n"), "what came out")


@check("process.no-other-fds", "runtime-linux.md#file-descriptors",
       "by default only stdin, stdout and stderr are kept open for the application")
def _(t):
    # A descriptor that the runtime inherits from its caller must not reach the payload either.
    leak = os.open("/", os.O_RDONLY)
    os.set_inheritable(leak, True)
    t.equal(t.report()["fds"], [0, 1, 2], "the open file descriptors")


@check("process.pid-1", "config-linux.md#namespaces", "the program is the container process: pid 1 of its namespace")
def _(t):
    t.equal(t.report()["pid"], 1, "the pid")


# User -----------------------------------------------------------------------------------------------


@check("process.uid-gid", USER, "uid and gid are those in the container namespace, real, effective and saved")
def _(t):
    report = t.report({"process.user": {"uid": 1000, "gid": 2000}})
    t.equal((report["uid"], report["gid"]), ([1000] * 3, [2000] * 3), "uid and gid")


@check("process.uid-unknown", USER, "uid is a number: it need not be in /etc/passwd")
def _(t):
    t.equal(t.report({"process.user": {"uid": 123456, "gid": 654321}})["uid"], [123456] * 3, "uid")


@check("process.additional-gids", USER, "additionalGids are added to the process")
def _(t):
    report = t.report({"process.user": {"uid": 1000, "gid": 1000, "additionalGids": [5, 6, 70000]}})
    t.require({5, 6, 70000} <= set(report["groups"]), f"the groups are {report['groups']}")


@check("process.groups-none", USER, "additionalGids unset: no group of the runtime's caller is inherited")
def _(t):
    os.setgroups([4, 27, 999])
    for user in ({"uid": 0, "gid": 0}, {"uid": 1000, "gid": 1000}):
        groups = set(t.report({"process.user": user})["groups"]) - {user["gid"]}
        t.equal(groups, set(), f"the supplementary groups of {user}")


for _umask in (0, 0o022, 0o077, 0o777):
    add(f"process.umask-{_umask:03o}", USER, "umask specifies the umask of the user", since="1.0.2",
        function=lambda t, umask=_umask: t.equal(
            t.report({"process.user": {"uid": 0, "gid": 0, "umask": umask}})["umask"], umask, "the umask"))


@check("process.umask-unset", USER, "if unspecified, the umask should not be changed from the calling process'",
       level="SHOULD", since="1.0.2", todo="runc and crun set 0022 when umask is absent, and images expect it")
def _(t):
    os.umask(0o037)
    t.equal(t.report()["umask"], 0o037, "the umask")


# Capabilities ---------------------------------------------------------------------------------------

SETS = ("effective", "permitted", "inheritable", "bounding", "ambient")


def capabilities(t, sets, user=0):
    changes = {"process.capabilities": sets, "process.user": {"uid": user, "gid": user}}
    return t.report(changes)["capabilities"]


@check("capabilities.all-five-sets", LINUX_PROCESS, "each of the five arrays says what is kept in that set")
def _(t):
    sets = {"bounding": ["CAP_KILL", "CAP_CHOWN", "CAP_NET_BIND_SERVICE", "CAP_SETUID"],
            "permitted": ["CAP_KILL", "CAP_CHOWN", "CAP_NET_BIND_SERVICE"],
            "inheritable": ["CAP_KILL", "CAP_NET_BIND_SERVICE"],
            "effective": ["CAP_KILL", "CAP_NET_BIND_SERVICE"],
            "ambient": ["CAP_NET_BIND_SERVICE"]}
    got = capabilities(t, sets, user=1000)
    # execve by a plain user keeps what is ambient in permitted and effective (capabilities(7)).
    ambient = mask(sets["ambient"])
    t.equal(got, {"bounding": mask(sets["bounding"]), "inheritable": mask(sets["inheritable"]), "ambient": ambient,
                  "permitted": ambient, "effective": ambient}, "the sets")


@check("capabilities.root", LINUX_PROCESS, "bounding, permitted and effective are kept for the process")
def _(t):
    got = capabilities(t, {"bounding": CAPABILITIES, "permitted": CAPABILITIES, "effective": CAPABILITIES})
    t.equal(got, {"bounding": mask(CAPABILITIES), "permitted": mask(CAPABILITIES), "effective": mask(CAPABILITIES),
                  "inheritable": 0, "ambient": 0}, "the sets")


@check("capabilities.unset", LINUX_PROCESS, "capabilities lists what is kept: unset, nothing is")
def _(t):
    got = t.report({"process.capabilities": DELETE})["capabilities"]
    t.equal({name: got[name] for name in ("effective", "permitted", "ambient", "inheritable")},
            dict.fromkeys(("effective", "permitted", "ambient", "inheritable"), 0), "the sets")


@check("capabilities.empty", LINUX_PROCESS, "each array says what is kept: empty arrays keep nothing")
def _(t):
    got = capabilities(t, {name: [] for name in SETS})
    t.equal(got, dict.fromkeys(SETS, 0), "the sets")


@check("capabilities.high-number", LINUX_PROCESS, "valid values are those of capabilities(7), the newest included")
def _(t):
    names = ["CAP_CHECKPOINT_RESTORE", "CAP_CHOWN"]
    got = capabilities(t, {"bounding": names, "permitted": names, "effective": names})
    t.equal(got["effective"], mask(names), "the effective set")


@check("capabilities.bounding-limits", LINUX_PROCESS, "bounding capabilities are those kept: the rest can't come back")
def _(t):
    # A program of root gains at execve only what the bounding set still has.
    sets = {"bounding": ["CAP_CHOWN"], "permitted": ["CAP_CHOWN"], "effective": ["CAP_CHOWN"]}
    t.equal(t.shell("mknod /x c 1 3 2>/dev/null && echo made || echo refused", {"process.capabilities": sets}),
            "refused\n", "mknod without CAP_MKNOD")


@check("capabilities.unknown-name", LINUX_PROCESS, "a value that maps to no kernel capability must be a warning only",
       since="1.1")
def _(t):
    names = ["CAP_CHOWN", "CAP_FROM_THE_FUTURE"]
    t.equal(capabilities(t, {"bounding": names, "permitted": names, "effective": names})["effective"],
            mask(["CAP_CHOWN"]), "the effective set")


@check("capabilities.not-grantable", LINUX_PROCESS, "runtimes should not fail if a capability cannot be granted",
       level="SHOULD", since="1.1")
def _(t):
    # Taken from our own bounding set, so that the runtime can't have it whatever the host.
    kernel.prctl(kernel.PR_CAPBSET_DROP, NUMBERS["CAP_AUDIT_WRITE"])
    names = ["CAP_CHOWN", "CAP_AUDIT_WRITE"]
    t.equal(capabilities(t, {"bounding": names, "permitted": names, "effective": names})["effective"],
            mask(["CAP_CHOWN"]), "the effective set")


# Limits ---------------------------------------------------------------------------------------------

LIMITS = ("CPU FSIZE DATA STACK CORE RSS NPROC NOFILE MEMLOCK AS LOCKS SIGPENDING MSGQUEUE NICE RTPRIO RTTIME").split()
LOWER = {"CPU": (3600, 7200), "FSIZE": (1 << 30, 1 << 31), "DATA": (1 << 30, 1 << 31), "STACK": (4 << 20, 16 << 20),
         "CORE": (1024, 4096), "RSS": (1 << 30, 1 << 31), "NPROC": (1000, 2000), "NOFILE": (64, 128),
         "MEMLOCK": (1 << 15, 1 << 16), "AS": (1 << 36, 1 << 37), "LOCKS": (10, 20), "SIGPENDING": (100, 200),
         "MSGQUEUE": (4096, 8192), "NICE": (0, 0), "RTPRIO": (0, 0), "RTTIME": (10 ** 7, 10 ** 8)}

for _limit in LIMITS:
    def _one_limit(t, limit=_limit):
        # Only lowered: raising a hard limit takes CAP_SYS_RESOURCE, which the caller may lack.
        soft, hard = LOWER[limit]
        name = f"RLIMIT_{limit}"
        got = t.report({"process.rlimits": [{"type": name, "soft": soft, "hard": hard}]})["rlimits"][name]
        t.equal(got, [soft, hard], name)
    add(f"rlimits.{_limit.lower()}", POSIX_PROCESS, "rlim_cur and rlim_max must match the configured values",
        _one_limit)


@check("rlimits.others-inherited", POSIX_PROCESS, "rlimits sets the listed limits: the others stay the caller's",
       level="SHOULD")
def _(t):
    resource.setrlimit(resource.RLIMIT_NOFILE, (500, 600))
    resource.setrlimit(resource.RLIMIT_CORE, (7, 9))
    got = t.report({"process.rlimits": [{"type": "RLIMIT_FSIZE", "soft": 1 << 30, "hard": 1 << 30}]})["rlimits"]
    t.equal((got["RLIMIT_NOFILE"], got["RLIMIT_CORE"]), ([500, 600], [7, 9]), "RLIMIT_NOFILE and RLIMIT_CORE")


@check("rlimits.plain-user", POSIX_PROCESS, "limits are applied for a process that is not root, too")
def _(t):
    got = t.report({"process.user": {"uid": 1000, "gid": 1000},
                    "process.rlimits": [{"type": "RLIMIT_NOFILE", "soft": 77, "hard": 99}]})["rlimits"]
    t.equal(got["RLIMIT_NOFILE"], [77, 99], "RLIMIT_NOFILE")


@check("rlimits.duplicate", POSIX_PROCESS, "duplicated entries with the same type must generate an error")
def _(t):
    t.refused({"process.rlimits": [{"type": "RLIMIT_CORE", "soft": 1, "hard": 1}] * 2})


@check("rlimits.unknown", POSIX_PROCESS, "a value that maps to no kernel interface must generate an error")
def _(t):
    t.refused({"process.rlimits": [{"type": "RLIMIT_NONSENSE", "soft": 1, "hard": 1}]})


@check("rlimits.soft-above-hard", "runtime.md#create", "a property that cannot be applied must generate an error")
def _(t):
    t.refused({"process.rlimits": [{"type": "RLIMIT_CORE", "soft": 9, "hard": 1}]})


# The rest of Linux's process ------------------------------------------------------------------------


@check("process.no-new-privileges", LINUX_PROCESS, "noNewPrivileges: true prevents gaining privileges")
def _(t):
    t.equal(t.report({"process.noNewPrivileges": True})["nnp"], 1, "no_new_privs")


@check("process.new-privileges", LINUX_PROCESS, "noNewPrivileges false or unset leaves no_new_privs alone")
def _(t):
    t.equal(t.report({"process.noNewPrivileges": False})["nnp"], 0, "no_new_privs, false")
    t.equal(t.report({"process.noNewPrivileges": DELETE})["nnp"], 0, "no_new_privs, unset")


@check("process.oom-score-adj", LINUX_PROCESS, "if oomScoreAdj is set, oom_score_adj must be set to that value")
def _(t):
    t.equal(t.report({"process.oomScoreAdj": 321})["oom_score_adj"], "321\n", "oom_score_adj")


@check("process.oom-score-adj-unset", LINUX_PROCESS, "if oomScoreAdj is not set, oom_score_adj must not be changed")
def _(t):
    with open("/proc/self/oom_score_adj", "w") as file:
        file.write("123")
    t.equal(t.report()["oom_score_adj"], "123\n", "oom_score_adj")


@check("process.oom-score-adj-range", "config.md#valid-values", "invalid values must generate an error")
def _(t):
    t.refused({"process.oomScoreAdj": 1001})


SCHEDULERS = (
    ("other", {"policy": "SCHED_OTHER", "nice": 3}, {"policy": 0, "nice": 3}, ()),
    ("batch", {"policy": "SCHED_BATCH", "nice": 7}, {"policy": 3, "nice": 7}, ()),
    ("idle", {"policy": "SCHED_IDLE"}, {"policy": 5}, ()),
    ("fifo", {"policy": "SCHED_FIFO", "priority": 2}, {"policy": 1, "priority": 2}, ("cap:23",)),
    ("rr", {"policy": "SCHED_RR", "priority": 3}, {"policy": 2, "priority": 3}, ("cap:23",)),
    ("reset-on-fork", {"policy": "SCHED_BATCH", "flags": ["SCHED_FLAG_RESET_ON_FORK"]}, {"policy": 3, "flags": 1}, ()),
    ("deadline", {"policy": "SCHED_DEADLINE", "runtime": 1000000, "deadline": 5000000, "period": 10000000},
     {"policy": 6, "runtime": 1000000, "deadline": 5000000, "period": 10000000}, ("cap:23",)),
)


def realtime_budget():
    """cgroup v1 with RT_GROUP_SCHED gives a new cgroup no time for real-time tasks: ask for some."""
    if os.path.exists(os.path.join(host.cgroups().v1.get("cpu", ""), "cpu.rt_runtime_us")):
        return {"linux.resources.cpu": {"realtimeRuntime": 10000, "realtimePeriod": 1000000}}
    return {}


for _name, _asked, _wanted, _needs in SCHEDULERS:
    def _scheduler(t, asked=_asked, wanted=_wanted):
        budget = realtime_budget() if asked["policy"] in ("SCHED_FIFO", "SCHED_RR") else {}
        got = t.report({"process.scheduler": asked, **budget})["scheduler"]
        t.equal({key: got[key] for key in wanted}, wanted, "the scheduler's attributes")
    add(f"scheduler.{_name}", LINUX_PROCESS, "scheduler describes the scheduler properties of the process",
        _scheduler, since="1.1", needs=_needs)


@check("scheduler.unknown", "config.md#valid-values", "invalid values must generate an error", since="1.1")
def _(t):
    t.refused({"process.scheduler": {"policy": "SCHED_NONSENSE"}})


@check("scheduler.unset", LINUX_PROCESS, "without scheduler the properties stay as inherited")
def _(t):
    os.nice(4)
    t.equal(t.report()["scheduler"]["nice"], 4, "the nice value")


for _name, _class, _priority, _number in (("be", "IOPRIO_CLASS_BE", 6, 2), ("idle", "IOPRIO_CLASS_IDLE", 0, 3),
                                          ("rt", "IOPRIO_CLASS_RT", 5, 1)):
    def _ioprio(t, kind=_class, priority=_priority, number=_number):
        got = t.report({"process.ioPriority": {"class": kind, "priority": priority}})["ioprio"]
        t.equal(got, [number, priority], "I/O class and priority")
    add(f"ioprio.{_name}", LINUX_PROCESS, "ioPriority sets class and level for the container's processes", _ioprio,
        since="1.1", needs=("cap:21",) if _name == "rt" else ())


@check("ioprio.unknown", "config.md#valid-values", "invalid values must generate an error", since="1.1")
def _(t):
    t.refused({"process.ioPriority": {"class": "IOPRIO_CLASS_NONSENSE", "priority": 1}})


@check("affinity.not-for-init", LINUX_PROCESS, "execCPUAffinity is not applicable to the container's init",
       since="1.2.1", needs=("cpus:2",))
def _(t):
    cpus = sorted(os.sched_getaffinity(0))
    got = t.report({"process.execCPUAffinity": {"initial": str(cpus[0]), "final": str(cpus[0])}})["affinity"]
    t.equal(got, cpus, "the CPUs of the container process")


@check("affinity.exec-final", LINUX_PROCESS, "final is the list of CPUs the process will be run on", since="1.2.1",
       needs=("cpus:2",))
def _(t):
    cpus = sorted(os.sched_getaffinity(0))
    container = t.start({"process.args": ["/probe", "hold"]})
    container.wait_output("ready")
    process = {"args": ["/probe", "report"], "cwd": "/", "user": {"uid": 0, "gid": 0}, "env": ["PATH=/bin"],
               "execCPUAffinity": {"initial": str(cpus[0]), "final": str(cpus[-1])}}
    ran = t.ok(t.runtime("exec", "--process", t.path("process.json", json.dumps(process)), container.id))
    t.equal(json.loads(ran.out)["affinity"], [cpus[-1]], "the CPUs of the process")


for _name, _domain, _number in (("linux", "LINUX", 0), ("linux32", "LINUX32", 8)):
    add(f"personality.{_name}", "config-linux.md#personality", "personality sets the execution domain",
        lambda t, domain=_domain, number=_number: t.equal(
            t.report({"linux.personality": {"domain": domain}})["personality"] & 0xff, number, "the personality"),
        since="1.0.2")


@check("personality.unknown", "config.md#valid-values", "invalid values must generate an error", since="1.0.2")
def _(t):
    t.refused({"linux.personality": {"domain": "HURD"}})


for _name, _policy, _wanted in (("bind", {"mode": "MPOL_BIND", "nodes": "0"}, [2, 1]),
                                ("preferred", {"mode": "MPOL_PREFERRED", "nodes": "0"}, [1, 1]),
                                ("interleave-static", {"mode": "MPOL_INTERLEAVE", "nodes": "0",
                                                       "flags": ["MPOL_F_STATIC_NODES"]}, [3 | 1 << 15, 1]),
                                ("local", {"mode": "MPOL_LOCAL"}, [4, 0])):
    add(f"memory-policy.{_name}", "config-linux.md#memory-policy", "memoryPolicy sets the NUMA memory policy",
        lambda t, policy=_policy, wanted=_wanted: t.equal(
            t.report({"linux.memoryPolicy": policy})["mempolicy"], wanted, "mode and nodes"),
        since="1.3", needs=("path:/sys/devices/system/node",))


@check("memory-policy.unknown", "config.md#valid-values", "invalid values must generate an error", since="1.3")
def _(t):
    t.refused({"linux.memoryPolicy": {"mode": "MPOL_NONSENSE"}})
