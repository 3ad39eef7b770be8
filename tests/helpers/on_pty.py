#!/usr/bin/env python3
"""Runs a command with a terminal as its standard streams, as a shell would.

    on_pty.py [--size ROWSxCOLUMNS] [--type TEXT --after MARK] [--resize ROWSxCOLUMNS --after MARK] COMMAND...

Prints what the command wrote and exits with its status. Each action waits until the output has its MARK.
"""

import fcntl
import os
import pty
import struct
import sys
import termios


def set_size(fd, text):
    rows, columns = map(int, text.split("x"))
    fcntl.ioctl(fd, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))


def parse(words):
    size, actions = "24x80", []
    while words and words[0].startswith("--"):
        if words[0] == "--size":
            size, words = words[1], words[2:]
        else:
            assert words[2] == "--after"
            actions.append((words[0], words[1].encode().decode("unicode_escape"), words[3].encode()))
            words = words[4:]
    return size, actions, words


def main():
    size, actions, command = parse(sys.argv[1:])
    master, slave = pty.openpty()
    set_size(master, size)
    child = os.fork()
    if child == 0:
        os.close(master)
        os.login_tty(slave) if hasattr(os, "login_tty") else attach(slave)
        os.execvp(command[0], command)
    os.close(slave)
    seen = b""
    while True:
        try:
            chunk = os.read(master, 65536)
        except OSError:
            chunk = b""
        if not chunk:
            break
        os.write(1, chunk)
        seen += chunk
        while actions and actions[0][2] in seen:
            action, text, mark = actions.pop(0)
            seen = seen.partition(mark)[2]
            if action == "--type":
                os.write(master, text.encode())
            else:
                set_size(master, text)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))


def attach(slave):
    os.setsid()
    fcntl.ioctl(slave, termios.TIOCSCTTY, 0)
    for fd in range(3):
        os.dup2(slave, fd)
    if slave > 2:
        os.close(slave)


if __name__ == "__main__":
    main()
