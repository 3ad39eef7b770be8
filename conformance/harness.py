"""What a check is written with: the registry, and Case, which makes bundles and drives the runtime."""

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import time

import bundle as bundles
import host
import kernel

COMMAND_SECONDS = 20  # no single command of a runtime may take longer


class Failed(Exception):
    """The runtime doesn't do what the check says."""


class Skipped(Exception):
    """The host lacks what the check needs."""


@dataclasses.dataclass(frozen=True)
class Check:
    name: str
    function: object
    spec: str            # file.md#anchor in the OCI runtime spec 1.3
    says: str            # its sentence, in short
    level: str = "MUST"
    since: str = "1.0"   # the version of the spec that brought it
    needs: tuple = ()    # see host.missing
    todo: str = ""       # why a failure is not held against a runtime


CHECKS = []
ROOT_ONLY = []  # plain-user.txt, as runner.read_known() reads it


def add(name, spec, says, function, **more):
    """Registers a check; for tables. `function(t)` gets a Case and raises Failed or Skipped."""
    assert name not in {check.name for check in CHECKS}, f"two checks are called {name}"
    CHECKS.append(Check(name, function, spec, says, **more))


def check(name, spec, says, **more):
    """The same as a decorator."""
    def register(function):
        add(name, spec, says, function, **more)
        return function
    return register


@dataclasses.dataclass
class Ran:
    """One finished command of the runtime."""
    words: list
    status: int
    out: str
    err: str

    @property
    def ok(self):
        return self.status == 0


class Container:
    """One container of a Case; its methods are the operations of the spec."""

    def __init__(self, case, identity, directory):
        self.case, self.id, self.directory = case, identity, directory
        self.rootfs = os.path.join(directory, "rootfs")
        self.pid, self.exit = 0, None
        self.mounts_before = set()

    def _file(self, name):
        return os.path.join(self.directory, name)

    def create(self, *options, bundle=None, identity=None):
        """The create operation; `bundle` and `identity` replace ours. The output of the container goes to
        files: a pipe would stay open after create, and we would wait for its end."""
        self.mounts_before = self.case._mounts()
        with open(self._file("stdout"), "w") as out, open(self._file("stderr"), "w") as err:
            ran = self.case.runtime("create", "--bundle", bundle or self.directory, *options,
                                    self.id if identity is None else identity, out=out, err=err)
        ran.out, ran.err = self.output(), self._read("stderr")
        return ran

    def start(self):
        return self.case.runtime("start", self.id)

    def kill(self, name="KILL"):
        return self.case.runtime("kill", self.id, name)

    def delete(self):
        return self.case.runtime("delete", self.id)

    def state(self):
        """The state as a dict; Failed if the runtime can't tell."""
        ran = self.case.runtime("state", self.id)
        if not ran.ok:
            raise Failed(f"state failed: {ran.err.strip()}")
        try:
            return json.loads(ran.out)
        except ValueError:
            raise Failed(f"state printed something that is not JSON: {ran.out!r}") from None

    def status(self):
        return self.state().get("status")

    def exists(self):
        return self.case.runtime("state", self.id).ok

    def _read(self, name):
        try:
            with open(self._file(name), errors="replace") as file:
                return file.read()
        except OSError:
            return ""

    def output(self):
        return self._read("stdout")

    def wait_output(self, words, seconds=10):
        """Until the payload has printed `words`."""
        self.case.until(lambda: words in self.output(), f"no '{words}' in the output", seconds)

    def wait(self, seconds=15):
        """The payload's exit status, negative for a signal. We are its subreaper, hence its parent."""
        if self.exit is None:
            if not self.pid:
                raise Failed("the state of the container had no pid")
            deadline = time.monotonic() + seconds
            while True:
                try:
                    pid, status = os.waitpid(self.pid, os.WNOHANG)
                except ChildProcessError:
                    raise Failed(f"the container process {self.pid} is not a descendant of its creator") from None
                if pid:
                    self.exit = os.waitstatus_to_exitcode(status)
                    break
                if time.monotonic() > deadline:
                    raise Failed(f"the container did not exit within {seconds} s")
                time.sleep(0.002)
        return self.exit


class Case:
    """One check against one runtime: a directory, a state root, and everything made for it."""

    def __init__(self, name, run):
        self.run = run                     # runner.Run: runtime, options, template, prefix
        self.name = name
        self.directory = os.path.join(run.directory, name)
        self.root = os.path.join(self.directory, "root")
        self.containers, self.trace, self.helpers = [], [], []
        os.makedirs(self.root)
        self.mounts_before = self._mounts()

    # Commands -----------------------------------------------------------------------------------

    def runtime(self, *words, out=None, err=None, env=None):
        """Runs `RUNTIME [ARG...] --root ROOT WORDS...` to its end."""
        command = [self.run.runtime, *self.run.arguments, "--root", self.root, *words]
        piped = subprocess.PIPE
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=out or piped, stderr=err or piped,
                                   text=True, errors="replace", env=env, cwd=self.directory)
        try:
            text, error = process.communicate(timeout=COMMAND_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
            raise Failed(f"'{words[0]}' did not finish within {COMMAND_SECONDS} s") from None
        ran = Ran(list(words), process.returncode, text or "", error or "")
        self.trace.append(ran)
        return ran

    # Containers ---------------------------------------------------------------------------------

    def bundle(self, changes=None, identity=None):
        """A container that isn't created yet. `changes` as in bundle.edited, or raw text."""
        identity = identity or f"{self.run.prefix}-{self.name.replace('.', '-')}-{len(self.containers)}"
        config = changes
        if not isinstance(changes, str):
            # A plain user's container stays in the caller's cgroup, unless a check says otherwise.
            path = {"linux.cgroupsPath": "/" + identity} if os.geteuid() == 0 else {}
            config = bundles.edited({**path, **(changes or {})})
        container = Container(self, identity, os.path.join(self.directory, f"bundle{len(self.containers)}"))
        bundles.make_bundle(container.directory, self.run.template, config)
        self.containers.append(container)
        return container

    def create(self, changes=None, options=(), prepare=None):
        """A created container. `prepare(container)` may change the bundle first."""
        container = self.bundle(changes)
        if prepare:
            prepare(container)
        self.ok(container.create(*options))
        container.pid = container.state().get("pid", 0)
        return container

    def start(self, changes=None, **more):
        container = self.create(changes, **more)
        self.ok(container.start())
        return container

    def finished(self, changes=None, **more):
        """A container whose payload has ended; not deleted."""
        container = self.start(changes, **more)
        container.wait()
        return container

    def output(self, changes=None, **more):
        """What the payload prints; Failed unless it exits with 0."""
        container = self.finished(changes, **more)
        if container.exit != 0:
            raise Failed(f"the payload ended with {container.exit}: {container.output()[-500:]}"
                         f"{container._read('stderr')[-500:]}")
        return container.output()

    def shell(self, script, changes=None, **more):
        return self.output({"process.args": ["/bin/sh", "-c", script], **(changes or {})}, **more)

    def report(self, changes=None, **more):
        """What `probe report` says inside the container."""
        text = self.output(changes, **more)
        try:
            return json.loads(text)
        except ValueError:
            raise Failed(f"the probe's report was damaged: {text[:300]!r}") from None

    def mounts(self, changes=None, **more):
        """The container's mounts by mount point; of several at one point the last."""
        return {entry["point"]: entry for entry in host.mountinfo(self.report(changes, **more)["mountinfo"])}

    def refused(self, changes=None, prepare=None, at_start=False):
        """create must fail and leave nothing behind. `at_start`: or start may be what fails."""
        container = self.bundle(changes)
        if prepare:
            prepare(container)
        ran = container.create()
        if ran.ok and at_start:
            container.pid = container.state().get("pid", 0)
            ran = container.start()
            self.require(not ran.ok, "create and start succeeded, one of them should have failed")
            return ran
        self.require(not ran.ok, "create succeeded, it should have failed")
        self.nothing_left(container)
        return ran

    # Helpers ------------------------------------------------------------------------------------

    def path(self, name, text=None, mode=0o755):
        """A path on the host in this case's directory; with `text`, a file of that content."""
        path = os.path.join(self.directory, name)
        if text is not None:
            os.makedirs(os.path.dirname(path), exist_ok=True)
            with open(path, "w") as file:
                file.write(text)
            os.chmod(path, mode)
        return path

    def folder(self, name):
        path = self.path(name)
        os.makedirs(path)
        return path

    def helper(self, *command, **more):
        """A process on the host for as long as the check runs, such as the owner of a namespace."""
        process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                                   stderr=subprocess.DEVNULL, text=True, **more)
        self.helpers.append(process)
        return process

    # Judgements ---------------------------------------------------------------------------------

    def require(self, condition, message):
        if not condition:
            raise Failed(message)

    def equal(self, got, want, what):
        if got != want:
            raise Failed(f"{what} is {got!r}, should be {want!r}")

    def ok(self, ran):
        if not ran.ok:
            raise Failed(f"'{ran.words[0]}' failed with {ran.status}: {ran.err.strip()[-600:]}")
        return ran

    def fails(self, ran, what):
        if ran.ok:
            raise Failed(f"{what} succeeded, it should have failed")
        return ran

    def until(self, condition, message, seconds=10):
        deadline = time.monotonic() + seconds
        while not condition():
            if time.monotonic() > deadline:
                raise Failed(f"{message} within {seconds} s")
            time.sleep(0.005)

    def nothing_left(self, container, seconds=2):
        """No trace of the container: state, processes, cgroups, mounts. The kernel gets a moment."""
        deadline = time.monotonic() + seconds
        while found := self.left_behind(container):
            if time.monotonic() > deadline:
                raise Failed("left behind: " + ", ".join(found))
            time.sleep(0.01)

    def left_behind(self, container):
        self.reap()
        found = [f"process {pid} ({_command(pid)})" for pid in kernel.children() if pid not in self._helper_pids()]
        for directory, folders, files in os.walk(self.root):
            found += [os.path.join(directory, name) for name in folders + files if container.id in name]
        found += [f"cgroup {path}" for path in cgroups_of(container.id)]
        found += [f"mount {point}" for point in self._mounts() - container.mounts_before]
        return found

    def _mounts(self):
        return {entry["point"] for entry in host.mounts()}

    def _helper_pids(self):
        return {process.pid for process in self.helpers}

    def reap(self):
        """Collects orphans that ended, except containers' own processes, whose status a check may want."""
        keep = self._helper_pids() | {container.pid for container in self.containers}
        for pid in kernel.children():
            if pid not in keep:
                try:
                    os.waitpid(pid, os.WNOHANG)
                except ChildProcessError:
                    pass

    # Cleaning up --------------------------------------------------------------------------------

    def cleanup(self):
        """Removes everything the check made, whatever state it is in. Never raises."""
        for container in self.containers:
            try:
                if container.exit is not None or os.path.isdir(self.root) and any(
                        container.id in name for name in os.listdir(self.root)):
                    self.runtime("delete", "--force", container.id)
            except (Failed, OSError):
                pass
        for process in self.helpers:
            process.kill()
            process.wait()
        kill_children()
        for container in self.containers:
            remove_cgroups(container.id)
        for point in sorted(self._mounts() - self.mounts_before, reverse=True):
            try:
                kernel.umount(point, kernel.MNT_DETACH)
            except OSError:
                pass
        remove_tree(self.directory)


def remove_tree(directory):
    """Removes it with all below. Files of a plain user's containers belong to subordinate ids: those whom a
    user namespace with the same ids obeys."""
    shutil.rmtree(directory, ignore_errors=True)
    if os.path.exists(directory):
        subprocess.run(["unshare", "--user", "--map-root-user", "--map-auto", "rm", "-rf", directory], check=False,
                       stderr=subprocess.DEVNULL)


def _command(pid):
    try:
        with open(f"/proc/{pid}/cmdline") as file:
            return file.read().replace("\0", " ").strip()
    except OSError:
        return "gone"


def kill_children():
    """Kills every child, and the orphans that then become our children, until there are none."""
    while pids := kernel.children():
        for pid in pids:
            try:
                os.kill(pid, signal.SIGKILL)
                os.waitpid(pid, 0)
            except (ProcessLookupError, ChildProcessError):
                pass


def cgroups_of(name):
    """Every cgroup, in every hierarchy, whose own name contains `name`; the deepest first."""
    found = []
    for point in host.cgroups().hierarchies():
        for directory, folders, _ in os.walk(point):
            found += [os.path.join(directory, folder) for folder in folders if name in folder]
    return sorted(found, key=len, reverse=True)


def remove_cgroups(name):
    for path in cgroups_of(name):
        for directory, _, _ in os.walk(path, topdown=False):
            try:
                with open(os.path.join(directory, "cgroup.procs")) as file:
                    for pid in file.read().split():
                        os.kill(int(pid), signal.SIGKILL)
                os.rmdir(directory)
            except OSError:
                pass
