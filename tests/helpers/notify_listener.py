"""Listens as systemd does for NOTIFY_SOCKET: notify_listener.py ADDRESS FILE writes what arrives to FILE."""
import os
import socket
import sys

address = sys.argv[1]
listener = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
listener.bind("\0" + address[1:] if address.startswith("@") else address)
listener.settimeout(15)
with open(sys.argv[2], "a", buffering=1) as out:
    out.write("listening\n")
    while True:
        text, fds, _, _ = socket.recv_fds(listener, 4096, 4)
        out.write(text.decode() + "\n")
        for fd in fds:  # what the sender of a BARRIER=1 waits for
            os.close(fd)
