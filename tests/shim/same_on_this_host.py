"""What the host has a part in, under conmon and under ours: same_on_this_host.py CONMON SHIM.

Runs in a mount namespace of its own, in which we are the journal.
"""

import array
import os
import pathlib
import socket
import struct
import subprocess
import sys

import driver
from driver import Monitor, wait_until

JOURNAL = "/run/systemd/journal/socket"
MEMORY = pathlib.Path("/sys/fs/cgroup/memory")  # of cgroup v1


def fields(record):
    """Of a record in the journal's native protocol: sorted (name, value), but for what differs on purpose."""
    found = []
    while record:
        line, _, rest = record.partition(b"\n")
        name, equals, value = line.partition(b"=")
        if not equals:  # the value is binary, its length before it
            (length,) = struct.unpack("<Q", rest[:8])
            value, rest = rest[8:8 + length], rest[8 + length + 1:]
        # libsystemd's macros tell of conmon's source, and conmon leaves the newline that ended a line.
        if not name.startswith(b"CODE_"):
            found.append((name.decode(), value.decode("latin-1").removesuffix("\n")))
        record = rest
    return sorted(found)


class Journal:
    """Receives what is logged while it is open."""

    def __enter__(self):
        self.socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self.socket.settimeout(driver.LIMIT_S)
        self.socket.bind(JOURNAL)
        return self

    def __exit__(self, *_):
        self.socket.close()
        os.unlink(JOURNAL)

    def records(self, count):
        """So many, and a proof that there are no more."""
        found = [self.record() for _ in range(count)]
        self.socket.setblocking(False)
        try:
            return found + ["more", self.record()]
        except BlockingIOError:
            return found

    def record(self):
        text, control, _, _ = self.socket.recvmsg(1 << 20, 64)
        fds = array.array("i", b"".join(data for _, _, data in control))
        for fd in fds:  # a record that is too long for a datagram is a memory file
            text = os.pread(fd, os.fstat(fd).st_size, 0)
            os.close(fd)
        return fields(text)


def journal_of(program, payload, count, *options):
    with Journal() as journal, Monitor(program, payload, log="journald:", options=options) as m:
        code = m.exit_code()
        m.wait_for_end()
        return [code, journal.records(count)]


def lines_are_records_of_the_journal(program):
    return journal_of(program, "echo one; echo; printf 'tail of it'", 3)


def errors_have_another_priority(program):
    return journal_of(program, "echo wrong >&2", 1)


def long_lines_come_to_the_journal_in_pieces(program):
    return journal_of(program, "head -c 20000 /dev/zero | tr '\\0' x; echo; echo next", 4)


def a_tag_is_a_field(program):
    return journal_of(program, "echo x", 1, "--log-tag", "the tag")


def pieces_are_not_marked_if_unwanted(program):
    _, records = journal_of(program, "printf 'tail of it'", 1, "--no-container-partial-message")
    assert ("MESSAGE", "tail of it") in records[0] and "PARTIAL" not in str(records), records


def labels_are_fields(program):
    _, records = journal_of(program, "echo x", 1, "--log-label", "KEY=a value", "--log-label", "ANOTHER=b=c")
    assert ("KEY", "a value") in records[0] and ("ANOTHER", "b=c") in records[0], records


def a_want_of_memory_is_marked(program):
    """The payload's child is killed by the kernel; the payload tells how, and lives on."""
    cgroup = MEMORY / f"ocirt-shim-test.{os.getpid()}"
    cgroup.mkdir()
    try:
        (cgroup / "memory.limit_in_bytes").write_text("16M")
        payload = "read x; (exec tail /dev/zero); echo $?; read x; exit 4"
        with Monitor(program, payload, env={"CGROUP": str(cgroup)}, options=("-i",)) as m:
            m.message()
            client = m.client()
            client.send(b"\n")
            for directory in (m.bundle, m.persist):
                wait_until((directory / "oom").exists)
            client.send(b"\n")
            m.wait_for_end()
            return [sorted(m.log()), m.exit_code(), (m.bundle / "oom").read_text(), (m.persist / "oom").read_text()]
    finally:
        wait_until(lambda: not (cgroup / "cgroup.procs").read_text())
        cgroup.rmdir()


def no_want_of_memory_is_not_marked(program):
    """v1 wakes the monitor when the cgroup goes, too."""
    cgroup = MEMORY / f"ocirt-shim-test.{os.getpid()}"
    cgroup.mkdir()
    payload = f"read x; echo 0 >{MEMORY}/cgroup.procs; rmdir {cgroup}; echo gone; read x; exit 3"
    with Monitor(program, payload, env={"CGROUP": str(cgroup)}, options=("-i",)) as m:
        m.message()
        client = m.client()
        client.send(b"\n")
        wait_until(m.log)
        client.send(b"\n")
        return [m.log(), m.exit_code(), cgroup.exists(), (m.bundle / "oom").exists(), (m.persist / "oom").exists()]


JOURNAL_CASES = [lines_are_records_of_the_journal, errors_have_another_priority, long_lines_come_to_the_journal_in_pieces,
                 a_tag_is_a_field]
NEWER_CASES = [pieces_are_not_marked_if_unwanted, labels_are_fields]  # than Debian's conmon
MEMORY_CASES = [a_want_of_memory_is_marked, no_want_of_memory_is_not_marked]


def main():
    subprocess.run(["mount", "-t", "tmpfs", "none", "/run"], check=True)
    os.makedirs(os.path.dirname(JOURNAL))
    has_memory = os.access(MEMORY / "cgroup.event_control", os.W_OK)
    if not has_memory:
        print("without cgroup v1's memory controller: its cases are left out")
    conmon, shim = sys.argv[1:3]
    newer = {name: told for name, told in driver.run_cases(NEWER_CASES, shim).items() if told is not None}
    for name, told in newer.items():
        print(f"{name}: {told}")
    compared = driver.compare(JOURNAL_CASES + (MEMORY_CASES if has_memory else []), conmon, shim)
    return 1 if newer else compared


if __name__ == "__main__":
    sys.exit(main())
