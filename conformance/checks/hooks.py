"""config.md: the six kinds of hooks; runtime.md: when they run, and what their failure means.

Most hooks here are the probe itself: it appends what it was given, as a line of JSON, to a file on the host.
The directory of that file is also mounted in the container, at the same path, for startContainer hooks.
"""

import json
import os
import time

from harness import Failed, add, check

HOOKS, LIFECYCLE = "config.md#posix-platform-hooks", "runtime.md#lifecycle"
KINDS = ("prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop")
IN_CREATE = KINDS[:3]
OUTSIDE = ("prestart", "createRuntime", "poststart", "poststop")     # executed in the runtime namespace
SINCE = {"createRuntime": "1.0.2", "createContainer": "1.0.2", "startContainer": "1.0.2"}
HOLD = {"process.args": ["/probe", "hold"]}


class Log:
    """Where the hooks of one check write."""

    def __init__(self, case):
        self.case = case
        self.directory = case.folder("log")
        os.chmod(self.directory, 0o777)
        self.mount = {"destination": self.directory, "type": "bind", "source": self.directory, "options": ["bind"]}
        self.path = self.directory + "/events"

    def hook(self, kind, *words, name="hook", status=0, seconds=0, **fields):
        """A hook that logs itself. The program's path differs for the one kind that runs inside."""
        program = "/probe" if kind == "startContainer" else self.case.run.probe
        return {"path": program, "args": [name, "hook", self.path, str(status), str(seconds), *words], **fields}

    def changes(self, hooks, **more):
        return {"hooks": hooks, "mounts+": [self.mount], **more}

    def lines(self):
        try:
            with open(self.path) as file:
                return [json.loads(line) for line in file]
        except OSError:
            return []

    def names(self):
        return [line["args"][0] for line in self.lines()]


def life(t, changes):
    """A container from create to delete; every step must succeed."""
    container = t.start(changes)
    container.wait_output("ready")
    t.ok(container.kill("KILL"))
    container.wait()
    t.ok(container.delete())
    return container


def one_line(t, kind, **fields):
    """The one line that a hook of this kind logs."""
    log = Log(t)
    life(t, log.changes({kind: [log.hook(kind, **fields)]}, **HOLD))
    lines = log.lines()
    t.equal(len(lines), 1, "how often the hook ran")
    return lines[0]


# When -----------------------------------------------------------------------------------------------


@check("hooks.order-of-kinds", LIFECYCLE,
       "prestart, createRuntime, createContainer, startContainer, program, poststart, poststop", since="1.0.2")
def _(t):
    log = Log(t)
    changes = log.changes({kind: [log.hook(kind, name=kind)] for kind in KINDS},
                          **{"process.args": ["/bin/sh", "-c", "echo '' | /probe hook " + log.path +
                                              " 0 0; exec /probe hold"]})
    container = t.create(changes)
    t.equal(log.names(), list(IN_CREATE), "what ran in create")
    t.ok(container.start())
    container.wait_output("ready")
    names = log.names()
    t.equal(names[:4], [*IN_CREATE, "startContainer"], "what ran before the program")
    t.equal(sorted(names[4:]), ["/probe", "poststart"], "what ran in start")
    t.ok(container.kill("KILL"))
    container.wait()
    t.equal(len(log.names()), 6, "what ran before delete")
    t.ok(container.delete())
    t.equal(log.names()[-1], "poststop", "what ran in delete")


for _kind in KINDS:
    def _listed(t, kind=_kind):
        log = Log(t)
        life(t, log.changes({kind: [log.hook(kind, name=name) for name in ("one", "two", "three")]}, **HOLD))
        t.equal(log.names(), ["one", "two", "three"], "the hooks that ran")
    add(f"hooks.{_kind.lower()}-in-order", HOOKS, "hooks must be called in the listed order", _listed,
        since=SINCE.get(_kind, "1.0"))


@check("hooks.create-waits", HOOKS, "createRuntime hooks must be called as part of the create operation", since="1.0.2")
def _(t):
    log = Log(t)
    began = time.monotonic()
    t.create(log.changes({kind: [log.hook(kind, seconds=1)] for kind in ("createRuntime", "createContainer")}, **HOLD))
    t.require(time.monotonic() - began >= 2, "create did not wait for its hooks")


@check("hooks.start-waits-for-poststart", HOOKS, "poststart hooks must be called before the start operation returns")
def _(t):
    log = Log(t)
    container = t.create(log.changes({"poststart": [log.hook("poststart", seconds=1)]}, **HOLD))
    began = time.monotonic()
    t.ok(container.start())
    t.require(time.monotonic() - began >= 1, "start did not wait for its hooks")


@check("hooks.program-waits-for-start-container", HOOKS,
       "startContainer hooks must be called before the user-specified process is executed", since="1.0.2")
def _(t):
    log = Log(t)
    container = t.create(log.changes({"startContainer": [log.hook("startContainer", seconds=1)]}, **HOLD))
    began = time.monotonic()
    t.ok(container.start())
    container.wait_output("ready")
    t.require(time.monotonic() - began >= 1, "the program did not wait for the hook")


@check("hooks.poststop-after-destruction", HOOKS, "poststop hooks must be called after the container is deleted")
def _(t):
    log = Log(t)
    script = f"cat > {log.directory}/state; grep -c . /proc/$PID/status > {log.directory}/alive 2>/dev/null; true"
    container = t.start({**HOLD, "hooks": {"poststop": [
        {"path": "/bin/sh", "args": ["sh", "-c", "PID=$(cat pid 2>/dev/null || echo 0); " + script]}]}})
    container.wait_output("ready")
    t.require(not os.path.exists(log.directory + "/state"), "the hook ran before delete")
    t.ok(container.kill("KILL"))
    container.wait()
    t.ok(container.delete())
    t.require(os.path.exists(log.directory + "/state"), "the hook did not run before delete returned")


@check("hooks.create-runtime-after-environment", HOOKS,
       "createRuntime hooks must be called after the runtime environment has been created", since="1.0.2")
def _(t):
    log = Log(t)
    # The hook looks at the namespaces of the pid that it is told, and at its mounts.
    script = ("pid=$(sed -n 's/.*\"pid\": *\\([0-9]*\\).*/\\1/p' | head -1);"
              " readlink /proc/$pid/ns/net /proc/$pid/ns/mnt;"
              f" cat /proc/$pid/mountinfo | grep -c ' - tmpfs conformark '")
    container = t.create({**HOLD, "mounts+": {"destination": "/mnt", "type": "tmpfs", "source": "conformark"},
                          "hooks": {"createRuntime": [
                              {"path": "/bin/sh", "args": ["sh", "-c", f"tr '\\n' ' ' | ({script}) > {log.path}"],
                               "env": ["PATH=/usr/bin:/bin"]}]}})
    with open(log.path) as file:
        network, mounts, count = file.read().split()
    t.equal(network, os.readlink(f"/proc/{container.pid}/ns/net"), "the network namespace of the pid")
    t.equal(mounts, os.readlink(f"/proc/{container.pid}/ns/mnt"), "the mount namespace of the pid")
    t.equal(count, "1", "the mounts of the config that were there")


# What they get --------------------------------------------------------------------------------------

for _kind in KINDS:
    def _namespaces(t, kind=_kind):
        log = Log(t)
        container = t.start(log.changes({kind: [log.hook(kind)]}, **HOLD))
        container.wait_output("ready")
        inside = {name: os.readlink(f"/proc/{container.pid}/ns/{name}") for name in ("mnt", "net", "uts", "ipc")}
        t.ok(container.kill("KILL"))
        container.wait()
        t.ok(container.delete())
        outside = {name: os.readlink(f"/proc/self/ns/{name}") for name in inside}
        got = {name: log.lines()[0]["ns"][name] for name in inside}
        t.equal(got, outside if kind in OUTSIDE else inside, "the namespaces of the hook")
    add(f"hooks.{_kind.lower()}-namespace", HOOKS,
        f"the {_kind} hooks must be executed in the {'runtime' if _kind in OUTSIDE else 'container'} namespace",
        _namespaces, since=SINCE.get(_kind, "1.0"))

    def _state(t, kind=_kind):
        log = Log(t)
        changes = log.changes({kind: [log.hook(kind)]}, **HOLD, annotations={"org.example.key": "value"})
        container = life(t, changes)
        try:
            state = json.loads(log.lines()[0]["stdin"])
        except (IndexError, ValueError):
            raise Failed(f"the hook's stdin was not the state: {log.lines()}") from None
        t.equal(state.get("id"), container.id, "id")
        t.equal(state.get("bundle"), container.directory, "bundle")
        t.require(state.get("ociVersion", "").startswith("1."), f"ociVersion is {state.get('ociVersion')!r}")
        t.equal(state.get("annotations", {}).get("org.example.key"), "value", "the annotation")
        if kind != "poststop":
            t.equal(state.get("pid"), container.pid if kind in OUTSIDE else state.get("pid"), "pid")
    add(f"hooks.{_kind.lower()}-state", HOOKS, "the state of the container must be passed to hooks over stdin", _state,
        since=SINCE.get(_kind, "1.0"))

    def _status(t, kind=_kind):
        wanted = {"prestart": ("creating", "created"), "createRuntime": ("creating", "created"),
                  "createContainer": ("creating", "created"), "startContainer": ("created",),
                  "poststart": ("running",), "poststop": ("stopped",)}[kind]
        status = json.loads(one_line(t, kind)["stdin"]).get("status")
        t.require(status in wanted, f"status is {status!r}, should be {' or '.join(wanted)}")
    add(f"hooks.{_kind.lower()}-status", "runtime.md#state", "status is the state of the container at that time",
        _status, since=SINCE.get(_kind, "1.0"))

    add(f"hooks.{_kind.lower()}-args", HOOKS, "args is the hook's argv",
        lambda t, kind=_kind: t.equal(one_line(t, kind, name="a name")["args"][0], "a name", "argv[0]"),
        since=SINCE.get(_kind, "1.0"))

    def _env(t, kind=_kind):
        os.environ["CONFORMANCE_LEAK"] = "1"
        t.equal(one_line(t, kind, env=["A=1", "B=two words", "EMPTY="])["env"], ["A=1", "B=two words", "EMPTY="],
                "the environment")
    add(f"hooks.{_kind.lower()}-env", HOOKS, "env is the hook's environ", _env, since=SINCE.get(_kind, "1.0"))

    def _timeout(t, kind=_kind):
        log = Log(t)
        began = time.monotonic()
        container = t.bundle(log.changes({kind: [log.hook(kind, seconds=30, timeout=1)]}, **HOLD))
        if container.create().ok:
            container.pid = container.state().get("pid", 0)
            container.start()
            # A start that fails destroys the container (runtime.md#lifecycle), though peers keep it.
            if container.exists():
                if container.status() in ("running", "created"):
                    container.kill("KILL")
                container.wait()
                container.delete()
        t.equal(len(log.lines()), 1, "how often the hook ran")
        t.require(time.monotonic() - began < 10, "the hook was not aborted")
    add(f"hooks.{_kind.lower()}-timeout", HOOKS, "timeout is the number of seconds before aborting the hook", _timeout,
        since=SINCE.get(_kind, "1.0"))


@check("hooks.start-container-pid", "runtime.md#state",
       "for hooks in the container namespace, pid is the pid as seen by the container", since="1.0.2")
def _(t):
    t.equal(json.loads(one_line(t, "startContainer")["stdin"]).get("pid"), 1, "pid")


@check("hooks.env-unset", HOOKS, "env is the hook's environ: unset, nothing of the runtime's own gets in",
       level="SHOULD")
def _(t):
    os.environ["CONFORMANCE_LEAK"] = "1"
    t.require("CONFORMANCE_LEAK=1" not in one_line(t, "createRuntime")["env"], "the runtime's environment got in")


@check("hooks.createcontainer-env-not-the-programs", HOOKS, "env is the hook's environ: not the container process'",
       since="1.0.2")
def _(t):
    # What CVE-2025-23266 was made of: LD_PRELOAD of an image, in a privileged program of the host.
    log = Log(t)
    life(t, log.changes({"createContainer": [log.hook("createContainer")]}, **HOLD,
                        **{"process.env": ["PATH=/bin", "LD_PRELOAD=./evil.so"]}))
    t.require("LD_PRELOAD=./evil.so" not in log.lines()[0]["env"], "the program's environment got in")


@check("hooks.args-unset", HOOKS, "args is optional: the hook runs without")
def _(t):
    script = t.path("hook.sh", f"#!/bin/sh\ncat > {t.path('mark')}\n")
    t.create({**HOLD, "hooks": {"prestart": [{"path": script}]}})
    t.require(os.path.exists(t.path("mark")), "the hook did not run")


@check("hooks.large-state", HOOKS, "a hook that reads nothing, or slowly, is a hook as good as any")
def _(t):
    # More than a pipe holds: the runtime must not hang, or die of SIGPIPE.
    annotations = {f"org.example.key{index}": "x" * 1000 for index in range(200)}
    container = t.bundle({**HOLD, "annotations": annotations,
                          "hooks": {"createRuntime": [{"path": "/bin/true", "args": ["true"]}]}})
    t.ok(container.create())
    t.equal(container.status(), "created", "the status")


# Failure --------------------------------------------------------------------------------------------

for _kind in IN_CREATE:
    def _fails(t, kind=_kind):
        log = Log(t)
        container = t.bundle(log.changes({kind: [log.hook(kind, status=1, name="bad"), log.hook(kind, name="next")],
                                          "poststop": [log.hook("poststop", name="poststop")]}, **HOLD))
        t.fails(container.create(), f"create with a failing {kind} hook")
        t.require("bad" in log.names() and "next" not in log.names(), f"the hooks that ran are {log.names()}")
        t.nothing_left(container)
    add(f"hooks.{_kind.lower()}-failure", LIFECYCLE,
        f"if any {_kind} hook fails the runtime must generate an error, stop the container, and destroy it", _fails,
        since=SINCE.get(_kind, "1.0"))

    def _poststop(t, kind=_kind):
        log = Log(t)
        container = t.bundle(log.changes({kind: [log.hook(kind, status=1, name="bad")],
                                          "poststop": [log.hook("poststop", name="poststop")]}, **HOLD))
        t.fails(container.create(), f"create with a failing {kind} hook")
        t.equal(log.names(), ["bad", "poststop"], "the hooks that ran")
    add(f"hooks.{_kind.lower()}-failure-poststop", LIFECYCLE,
        f"if any {_kind} hook fails the life cycle goes on at step 12, and poststop hooks must be invoked", _poststop,
        since=SINCE.get(_kind, "1.0"))


@check("hooks.startcontainer-failure", LIFECYCLE,
       "if any startContainer hook fails the runtime must generate an error and stop the container", since="1.0.2")
def _(t):
    log = Log(t)
    container = t.create(log.changes({"startContainer": [log.hook("startContainer", status=1)]},
                                     **{"process.args": ["/bin/sh", "-c", "echo ran; exec /probe hold"]}))
    t.fails(container.start(), "start with a failing startContainer hook")
    t.until(lambda: not container.exists() or container.status() == "stopped", "the container did not stop")
    t.equal(container.output(), "", "the program's output")


@check("hooks.poststart-failure", LIFECYCLE,
       "if any poststart hook fails the runtime must generate an error and stop the container", since="1.3")
def _(t):
    log = Log(t)
    container = t.create(log.changes({"poststart": [log.hook("poststart", status=1)]}, **HOLD))
    t.fails(container.start(), "start with a failing poststart hook")
    t.until(lambda: not container.exists() or container.status() == "stopped", "the container did not stop")


@check("hooks.poststop-failure", LIFECYCLE, "if any poststop hook fails a warning is logged, and the others are called")
def _(t):
    log = Log(t)
    life(t, log.changes({"poststop": [log.hook("poststop", status=1, name="bad"),
                                      log.hook("poststop", name="next")]}, **HOLD))
    t.equal(log.names(), ["bad", "next"], "the hooks that ran")


@check("hooks.missing-program", LIFECYCLE, "a hook that can't be run has failed: an error, and nothing is left")
def _(t):
    t.refused({**HOLD, "hooks": {"prestart": [{"path": t.path("no-such-hook")}]}})


@check("hooks.relative-path", HOOKS, "path must be absolute; an invalid value is an error")
def _(t):
    t.refused({**HOLD, "hooks": {"prestart": [{"path": "bin/true"}]}})


@check("hooks.killed-by-signal", LIFECYCLE, "a hook that a signal ends has failed")
def _(t):
    t.refused({**HOLD, "hooks": {"prestart": [{"path": "/bin/sh", "args": ["sh", "-c", "kill -9 $$"]}]}})


@check("hooks.timeout-zero", HOOKS, "if set, timeout must be greater than zero; an invalid value is an error")
def _(t):
    t.refused({**HOLD, "hooks": {"prestart": [{"path": "/bin/true", "args": ["true"], "timeout": -1}]}})


@check("hooks.poststop-after-crash", LIFECYCLE, "the poststop hooks must be invoked however the container ended")
def _(t):
    log = Log(t)
    container = t.finished(log.changes({"poststop": [log.hook("poststop")]}, **{"process.args": ["/bin/false"]}))
    t.ok(container.delete())
    t.equal(log.names(), ["hook"], "the hooks that ran")
