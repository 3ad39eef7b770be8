#!/usr/bin/env python3
"""Receives a container's terminal, as an engine does, and records what comes through it.

    console.py SOCKET PREFIX [INPUT]

Writes PREFIX.json (how the message was framed) and PREFIX.out (all output), and sends INPUT if given.
"""

import array
import json
import os
import socket
import stat
import sys


def receive(connection):
    """Returns the descriptors, and the facts about the one message that carried them."""
    size = array.array("i").itemsize
    data, ancillary, flags, _ = connection.recvmsg(8192, socket.CMSG_SPACE(16 * size))
    fds = array.array("i")
    for level, kind, content in ancillary:
        assert (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS)
        fds.frombytes(content[: len(content) - len(content) % size])
    return list(fds), {"payload": len(data), "controls": len(ancillary), "fds": len(fds), "flags": int(flags)}


def main():
    path, prefix = sys.argv[1:3]
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    listener.bind(path)
    listener.listen(1)
    os.chmod(path, 0o666)
    connection, _ = listener.accept()
    fds, facts = receive(connection)
    status = os.fstat(fds[0])
    facts["is_pty_master"] = stat.S_ISCHR(status.st_mode) and os.major(status.st_rdev) == 5
    connection.settimeout(10)
    facts["then"] = len(connection.recv(100))  # 0: the runtime closes its end
    with open(prefix + ".json.new", "w", encoding="utf-8") as report:
        json.dump(facts, report)
    os.rename(prefix + ".json.new", prefix + ".json")
    if len(sys.argv) > 3:
        os.write(fds[0], sys.argv[3].encode())
    with open(prefix + ".out", "ab", buffering=0) as output:
        while True:
            try:
                chunk = os.read(fds[0], 65536)
            except OSError:  # EIO: the last slave is closed
                chunk = b""
            if not chunk:
                break
            output.write(chunk)
    os.rename(prefix + ".out", prefix + ".ended")


if __name__ == "__main__":
    main()
