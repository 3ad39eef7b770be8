"""config.md: terminal and consoleSize; the terminal's other end comes over --console-socket."""

import array
import json
import os
import socket

from checks.namespaces import owned_by, user_namespace
from harness import Failed, check

PROCESS, DEFAULT = "config.md#process", "config-linux.md#default-devices"


class Console:
    """A console socket, and the terminal that came over it."""

    def __init__(self, t):
        self.path, self.master, self.text = t.path("console"), None, b""
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.socket.bind(self.path)
        self.socket.listen(1)
        self.socket.settimeout(10)

    def accept(self):
        """The descriptor of the terminal's other end; there must be exactly one."""
        connection, _ = self.socket.accept()
        connection.settimeout(10)
        _, ancillary, _, _ = connection.recvmsg(4096, socket.CMSG_SPACE(64))
        found = array.array("i")
        for level, kind, content in ancillary:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                found.frombytes(content)
        if len(found) != 1:
            raise Failed(f"{len(found)} descriptors came over the console socket")
        self.master = found[0]

    def read(self):
        """All that the container writes, until it ends."""
        while True:
            try:
                data = os.read(self.master, 65536)
            except OSError:  # EIO: no one has the other end open any more
                data = b""
            if not data:
                return self.text.decode(errors="replace").replace("\r\n", "\n")
            self.text += data


def attached(t, changes):
    """A started container with a terminal."""
    console = Console(t)
    container = t.create({"process.terminal": True, **changes}, options=("--console-socket", console.path))
    console.accept()
    t.ok(container.start())
    return container, console


def report(t, changes=None):
    _, console = attached(t, changes or {})
    text = console.read()
    try:
        return json.loads(text)
    except ValueError:
        raise Failed(f"the probe's report was damaged: {text[:300]!r}") from None


@check("terminal.standard-streams", PROCESS, "a pseudoterminal is duplicated on the process's standard streams")
def _(t):
    t.equal(report(t)["tty"], [1, 1, 1], "whether stdin, stdout and stderr are terminals")


@check("terminal.controlling", PROCESS, "a terminal is attached to the process: it is its controlling terminal")
def _(t):
    got = report(t)
    t.equal((got["controlling_tty"], got["sid"]), (1, 1), "controlling terminal and session")


@check("terminal.input", PROCESS, "a terminal is attached to the process: what is typed arrives")
def _(t):
    _, console = attached(t, {"process.args": ["/bin/sh", "-c", "read word; echo \"got $word\""]})
    os.write(console.master, b"hello\n")
    t.require("got hello" in console.read(), f"the output is {console.text!r}")


@check("terminal.own-devpts", PROCESS, "the pseudoterminal is one of the container's own devpts")
def _(t):
    _, console = attached(t, {"process.args": ["/bin/sh", "-c", "readlink /proc/self/fd/0; ls /dev/pts"]})
    lines = console.read().split()
    t.equal((lines[0], "0" in lines[1:]), ("/dev/pts/0", True), "the terminal's name, and whether it is there")


@check("terminal.console", DEFAULT, "/dev/console is set up by bind mounting the pseudoterminal")
def _(t):
    script = "cat /proc/self/mountinfo; echo through > /dev/console"
    _, console = attached(t, {"process.args": ["/bin/sh", "-c", script]})
    text = console.read()
    points = {line.split()[4]: line for line in text.splitlines() if " - " in line}
    t.require(" - devpts " in points.get("/dev/console", ""), "/dev/console is not a mount of a pseudoterminal")
    t.require(text.endswith("through\n"), "what is written to /dev/console does not come out")


@check("terminal.size", PROCESS, "consoleSize is the console size in characters of the terminal")
def _(t):
    t.equal(report(t, {"process.consoleSize": {"height": 33, "width": 99}})["winsize"], [33, 99], "rows and columns")


@check("terminal.size-ignored", PROCESS, "consoleSize must be ignored if terminal is false or unset")
def _(t):
    t.equal(t.report({"process.consoleSize": {"height": 33, "width": 99}})["tty"], [0, 0, 0], "terminals")


@check("terminal.off", PROCESS, "terminal defaults to false: the standard streams are the caller's")
def _(t):
    got = t.report()
    t.equal((got["tty"], got["controlling_tty"]), ([0, 0, 0], 0), "terminals")


@check("terminal.plain-user", PROCESS, "a terminal is attached to the process, whatever its user")
def _(t):
    got = report(t, {"process.user": {"uid": 1000, "gid": 1000}})
    t.equal((got["tty"], got["controlling_tty"]), ([1, 1, 1], 1), "terminals")


@check("terminal.user-namespace", PROCESS, "a terminal is attached to the process, in a user namespace too",
       needs=("ns:user",))
def _(t):
    console = Console(t)
    container = t.create(user_namespace(**{"process.terminal": True}), prepare=owned_by(100000),
                         options=("--console-socket", console.path))
    console.accept()
    t.ok(container.start())
    got = json.loads(console.read())
    t.equal((got["tty"], got["controlling_tty"]), ([1, 1, 1], 1), "terminals")


@check("terminal.no-console-socket", "runtime.md#create", "a terminal that nobody takes can't be attached: an error")
def _(t):
    t.refused({"process.terminal": True})
