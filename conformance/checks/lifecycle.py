"""runtime.md: state, create, start, kill, delete, and what each must refuse."""

import json
import os
import signal

import bundle
from bundle import DELETE
from harness import add, check

HOLD = {"process.args": ["/probe", "hold"]}
NO_SUCH = "conformance-no-such-container"


# State ----------------------------------------------------------------------------------------------


@check("state.created", "runtime.md#state", "created: create has finished, the program has not been executed")
def _(t):
    t.equal(t.create(HOLD).status(), "created", "status after create")


@check("state.running", "runtime.md#state", "running: the container process has executed the program")
def _(t):
    container = t.start(HOLD)
    container.wait_output("ready")
    t.equal(container.status(), "running", "status after start")


@check("state.stopped", "runtime.md#state", "stopped: the container process has exited")
def _(t):
    t.equal(t.finished({"process.args": ["/bin/true"]}).status(), "stopped", "status after the exit")


@check("state.stopped-unreaped", "runtime.md#state",
       "stopped: the container process has exited, whether or not its parent has waited for it")
def _(t):
    container = t.start({"process.args": ["/bin/true"]})
    t.until(lambda: container.status() == "stopped", "the status did not become stopped")


@check("state.required-fields", "runtime.md#state",
       "the state includes ociVersion, id, status, pid (created or running) and bundle")
def _(t):
    container = t.create(HOLD)
    state = container.state()
    kinds = {"ociVersion": str, "id": str, "status": str, "pid": int, "bundle": str}
    for name, kind in kinds.items():
        t.require(type(state.get(name)) is kind, f"{name} is {state.get(name)!r}, should be a {kind.__name__}")
    t.equal(state["id"], container.id, "id")


@check("state.bundle-absolute", "runtime.md#state", "bundle is the absolute path to the bundle directory")
def _(t):
    container = t.bundle(HOLD)
    relative = os.path.relpath(container.directory, t.directory)
    t.ok(container.create(bundle=relative))
    t.equal(os.path.realpath(container.state()["bundle"]), os.path.realpath(container.directory), "bundle")
    t.require(os.path.isabs(container.state()["bundle"]), "bundle is not absolute")


@check("state.pid", "runtime.md#state", "pid is the ID of the container process, as the runtime sees it")
def _(t):
    container = t.start(HOLD)
    container.wait_output("ready")
    with open(f"/proc/{container.state()['pid']}/cmdline") as file:
        t.equal(file.read().split("\0")[:2], ["/probe", "hold"], "the command line of that pid")


@check("state.annotations", "runtime.md#state", "annotations are those of the container")
def _(t):
    wanted = {"org.example.key": "value", "org.example.empty": "", "org.example.utf8": "gr\u00fc\u00dfe"}
    container = t.create({**HOLD, "annotations": wanted})
    t.equal({key: value for key, value in container.state().get("annotations", {}).items()
             if key.startswith("org.example.")}, wanted, "annotations")


@check("state.oci-version", "runtime.md#state", "ociVersion is a version of the spec, in SemVer form")
def _(t):
    numbers = t.create(HOLD).state()["ociVersion"].split("-")[0].split("+")[0].split(".")
    t.require(len(numbers) == 3 and numbers[0] == "1" and all(number.isdigit() for number in numbers),
              f"ociVersion is {'.'.join(numbers)}")


@check("state.no-id", "runtime.md#query-state", "state must generate an error if it is not given an ID")
def _(t):
    t.fails(t.runtime("state"), "state without an ID")


@check("state.unknown", "runtime.md#query-state", "querying a container that does not exist is an error")
def _(t):
    t.fails(t.runtime("state", NO_SUCH), "state of an unknown container")


# Create ---------------------------------------------------------------------------------------------


@check("create.program-not-run", "runtime.md#create", "process.args must not be applied until start")
def _(t):
    container = t.create({"process.args": ["/bin/sh", "-c", "echo ran > /ran; echo ran"]})
    t.require(not os.path.exists(container.rootfs + "/ran") and not container.output(), "create ran the program")
    t.ok(container.start())
    container.wait()
    t.require(os.path.exists(container.rootfs + "/ran"), "start did not run the program")


@check("create.environment-exists", "runtime.md#create",
       "all properties except process must be applied by create: namespaces and mounts exist before start")
def _(t):
    container = t.create({**HOLD, "mounts+": {"destination": "/mnt", "type": "tmpfs", "source": "tmpfs"}})
    t.require(os.readlink(f"/proc/{container.pid}/ns/uts") != os.readlink("/proc/self/ns/uts"),
              "there is no new UTS namespace")
    with open(f"/proc/{container.pid}/mountinfo") as file:
        t.require(" /mnt " in file.read(), "the mount on /mnt is missing")


@check("create.no-id", "runtime.md#create", "create must generate an error if it is not given an ID")
def _(t):
    t.fails(t.runtime("create", "--bundle", t.bundle(HOLD).directory), "create without an ID")


@check("create.no-bundle", "runtime.md#create", "create must generate an error if there is no bundle")
def _(t):
    t.fails(t.runtime("create", "--bundle", t.path("no-such-bundle"), NO_SUCH), "create without a bundle")
    t.fails(t.runtime("state", NO_SUCH), "state of what was not created")


@check("create.duplicate-id", "runtime.md#create",
       "if the ID is not unique, create must fail, and must not make a new container")
def _(t):
    first = t.start(HOLD)
    first.wait_output("ready")
    second = t.bundle(HOLD, identity=first.id)
    t.fails(second.create(), "create with an ID in use")
    t.equal(first.status(), "running", "status of the first container")
    t.equal(first.state()["pid"], first.pid, "pid of the first container")
    t.equal(first.state()["bundle"], first.directory, "bundle of the first container")


for _name, _id in (("slash", "conformance/a"), ("parent", ".."), ("dot", "."), ("empty", ""),
                   ("climbing", "../conformance-escape")):
    def _illegal(t, identity=_id):
        container = t.bundle(HOLD)
        before = set(os.listdir(t.directory))
        t.fails(container.create(identity=identity), f"create with the ID {identity!r}")
        t.equal(set(os.listdir(t.directory)), before, "what lies beside the state root")
        t.nothing_left(container)
    add(f"create.illegal-id-{_name}", "runtime.md#create", "an ID that is not valid in any way is an error",
        _illegal)


@check("create.config-changed-after", "runtime.md#lifecycle",
       "any updates to config.json after create must not affect the container")
def _(t):
    container = t.create({"process.args": ["/bin/echo", "first"]})
    bundle.write_config(container.directory, bundle.edited({"process.args": ["/bin/echo", "second"],
                                                            "process.cwd": "/tmp"}))
    t.ok(container.start())
    container.wait()
    t.equal(container.output(), "first\n", "the output")


@check("create.config-removed-after", "runtime.md#lifecycle",
       "any updates to config.json after create must not affect the container")
def _(t):
    container = t.create({"process.args": ["/bin/echo", "first"]})
    os.unlink(container.directory + "/config.json")
    t.ok(container.start())
    container.wait()
    t.equal(container.output(), "first\n", "the output")
    t.equal(container.status(), "stopped", "status")
    t.ok(container.delete())


@check("create.many-containers", "runtime.md#scope-of-a-container",
       "the creator must be able to use the operations against that same container")
def _(t):
    first, second = t.start(HOLD), t.start(HOLD)
    for container in (first, second):
        container.wait_output("ready")
    t.ok(first.kill("TERM"))
    t.equal(first.wait(), signal.SIGTERM, "exit status of the first")
    t.equal(second.status(), "running", "status of the second")


# Start ----------------------------------------------------------------------------------------------


@check("start.no-id", "runtime.md#start", "start must generate an error if it is not given an ID")
def _(t):
    t.fails(t.runtime("start"), "start without an ID")


@check("start.unknown", "runtime.md#start", "starting a container that is not created is an error")
def _(t):
    t.fails(t.runtime("start", NO_SUCH), "start of an unknown container")


@check("start.running", "runtime.md#start", "starting a container that is not created is an error, without effect")
def _(t):
    container = t.start({"process.args": ["/bin/sh", "-c", "echo ran; exec /probe hold"]})
    container.wait_output("ready")
    t.fails(container.start(), "start of a running container")
    t.equal(container.status(), "running", "status afterwards")
    t.equal(container.output().count("ran"), 1, "runs of the program")


@check("start.stopped", "runtime.md#start", "starting a container that is not created is an error, without effect")
def _(t):
    container = t.finished({"process.args": ["/bin/echo", "ran"]})
    t.fails(container.start(), "start of a stopped container")
    t.equal(container.output(), "ran\n", "the output")
    t.equal(container.status(), "stopped", "status afterwards")


@check("start.without-process", "runtime.md#start", "start must generate an error if process was not set")
def _(t):
    t.refused({"process": DELETE}, at_start=True)


# Kill -----------------------------------------------------------------------------------------------


@check("kill.no-id", "runtime.md#kill", "kill must generate an error if it is not given an ID")
def _(t):
    t.fails(t.runtime("kill"), "kill without an ID")


@check("kill.unknown", "runtime.md#kill", "a signal to what is neither created nor running is an error")
def _(t):
    t.fails(t.runtime("kill", NO_SUCH, "KILL"), "kill of an unknown container")


@check("kill.stopped", "runtime.md#kill", "a signal to what is neither created nor running is an error")
def _(t):
    container = t.finished({"process.args": ["/bin/true"]})
    t.fails(container.kill("KILL"), "kill of a stopped container")
    t.equal(container.status(), "stopped", "status afterwards")


@check("kill.created", "runtime.md#kill", "kill must send the signal to a created container's process")
def _(t):
    container = t.create(HOLD)
    t.ok(container.kill("KILL"))
    container.wait()
    t.equal(container.status(), "stopped", "status afterwards")
    t.equal(container.output(), "", "the program's output")


for _name, _word, _number in (("term", "TERM", 15), ("sig-prefix", "SIGUSR1", 10), ("number", "12", 12),
                              ("realtime", "37", 37), ("hup", "HUP", 1)):
    def _signal(t, word=_word, number=_number):
        container = t.start(HOLD)
        container.wait_output("ready")
        t.ok(container.kill(word))
        t.equal(container.wait(), number, "the signal that the program got")
    add(f"kill.signal-{_name}", "runtime.md#kill", "kill must send the specified signal to the process", _signal)


@check("kill.unknown-signal", "runtime.md#kill", "kill must send the specified signal: an unknown one is an error")
def _(t):
    container = t.start(HOLD)
    container.wait_output("ready")
    t.fails(container.kill("NOSUCHSIGNAL"), "kill with an unknown signal")
    t.equal(container.status(), "running", "status afterwards")


@check("kill.kill", "runtime.md#kill", "kill must send the specified signal to the container process")
def _(t):
    container = t.start(HOLD)
    container.wait_output("ready")
    t.ok(container.kill("KILL"))
    t.equal(container.wait(), -signal.SIGKILL, "how the program ended")
    t.equal(container.status(), "stopped", "status afterwards")


# Delete ---------------------------------------------------------------------------------------------


@check("delete.no-id", "runtime.md#delete", "delete must generate an error if it is not given an ID")
def _(t):
    t.fails(t.runtime("delete"), "delete without an ID")


@check("delete.unknown", "runtime.md#delete", "deleting a container that is not stopped is an error")
def _(t):
    t.fails(t.runtime("delete", NO_SUCH), "delete of an unknown container")


@check("delete.running", "runtime.md#delete",
       "deleting a container that is not stopped is an error, and must have no effect")
def _(t):
    container = t.start(HOLD)
    container.wait_output("ready")
    t.fails(container.delete(), "delete of a running container")
    t.equal(container.status(), "running", "status afterwards")


@check("delete.created", "runtime.md#delete", "deleting a container that is not stopped is an error",
       todo="runc and crun delete a created container, and engines rely on it")
def _(t):
    container = t.create(HOLD)
    t.fails(container.delete(), "delete of a created container")
    t.equal(container.status(), "created", "status afterwards")


@check("delete.stopped", "runtime.md#delete", "after delete the container does not exist any more")
def _(t):
    container = t.finished({"process.args": ["/bin/true"]})
    t.ok(container.delete())
    t.require(not container.exists(), "state still finds the container")
    t.fails(container.delete(), "a second delete")


@check("delete.nothing-left", "runtime.md#delete", "delete must delete the resources that create made")
def _(t):
    container = t.finished({"mounts+": [{"destination": "/mnt", "type": "tmpfs", "source": "tmpfs"}],
                            "linux.resources": {}})
    t.ok(container.delete())
    t.nothing_left(container)


@check("delete.foreign-resources-stay", "runtime.md#delete",
       "resources that the container did not create must not be deleted")
def _(t):
    t.path("data/file", "precious")
    container = t.finished({"mounts+": {"destination": "/mnt", "type": "bind", "source": t.path("data"),
                                        "options": ["rbind"]}})
    t.ok(container.delete())
    t.require(os.path.exists(container.rootfs + "/probe"), "the rootfs lost files")
    with open(t.path("data/file")) as file:
        t.equal(file.read(), "precious", "the bind mount's source")
    with open(container.directory + "/config.json") as file:
        json.load(file)


@check("delete.id-reusable", "runtime.md#delete", "once a container is deleted its ID may be used again")
def _(t):
    container = t.finished({"process.args": ["/bin/echo", "again"]})
    t.ok(container.delete())
    second = t.bundle({"process.args": ["/bin/echo", "again"]}, identity=container.id)
    t.ok(second.create())
    second.pid = second.state()["pid"]
    t.ok(second.start())
    second.wait()
    t.equal(second.output(), "again\n", "the output")
