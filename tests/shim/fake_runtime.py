#!/usr/bin/env python3
"""An OCI runtime that makes no container: its payload is PAYLOAD, a line for sh.

FAIL_WITH: text for stderr, after FAIL_AFTER_BYTES others, and exit status 1. Understands create, restore and exec,
--pid-file, --console-socket. RUNTIME_WORDS tells the payload how it was called; it begins in the cgroup CGROUP.
"""

import array
import fcntl
import os
import socket
import sys
import termios


def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None


def send_terminal(path):
    """A new terminal's master goes to the monitor, its other side becomes our stdio."""
    master, peer = os.openpty()
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as console:
        console.connect(path)
        fds = array.array("i", [master])
        console.sendmsg([b"terminal"], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, fds)])
    os.close(master)
    return peer


def take(terminal):
    """What login_tty(3) does."""
    fcntl.ioctl(terminal, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(terminal, fd)


def main():
    if "FAIL_WITH" in os.environ:
        sys.stderr.write("x" * int(os.environ.get("FAIL_AFTER_BYTES", "0")) + os.environ["FAIL_WITH"])
        return 1
    os.environ["RUNTIME_WORDS"] = " ".join(sys.argv[1:])
    if "CGROUP" in os.environ:
        with open(os.environ["CGROUP"] + "/cgroup.procs", "w", encoding="ascii") as procs:
            procs.write("0")
    console = option("--console-socket")
    terminal = send_terminal(console) if console else None
    pid = os.fork()
    if pid == 0:
        os.setsid()
        if terminal is not None:
            take(terminal)
        os.execvp("sh", ["sh", "-c", os.environ["PAYLOAD"]])
    with open(option("--pid-file"), "w", encoding="ascii") as file:
        file.write(str(pid))
    return 0


if __name__ == "__main__":
    sys.exit(main())
