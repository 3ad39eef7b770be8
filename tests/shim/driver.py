"""Speaks conmon's contract from outside: starts a monitor as an engine does, and looks at what it does."""

import fcntl
import json
import os
import pathlib
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import termios
import time

RUNTIME = pathlib.Path(__file__).resolve().parent / "fake_runtime.py"
CID = "container-0123456789"
LIMIT_S = 20


def wait_until(condition, limit_s=LIMIT_S):
    """The first true value of condition(); fails when it takes too long."""
    deadline = time.monotonic() + limit_s
    while True:
        value = condition()
        if value:
            return value
        assert time.monotonic() < deadline, "took too long"
        time.sleep(0.005)


class Monitor:
    """One monitor, its bundle, and the engine's ends of its pipes."""

    def __init__(self, program, payload="true", *, api=True, sync=False, hold=False, log="k8s-file:{}/log",
                 options=(), env=None, attach_pipe=False, bundle=None,
                 stdio=None):
        self.bundle = pathlib.Path(bundle or tempfile.mkdtemp(prefix="ocirt-shim-test."))
        self.exits = self.bundle / "exits"
        self.exits.mkdir(exist_ok=True)
        self.persist = self.bundle / "persist"
        self.persist.mkdir(exist_ok=True)
        self.sync, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.start, start_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.attach, attach_theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        passed = [theirs, start_theirs] + ([attach_theirs] if attach_pipe else [])
        environment = dict(os.environ, PAYLOAD=payload, _OCI_SYNCPIPE=str(theirs.fileno()),
                           _OCI_STARTPIPE=str(start_theirs.fileno()), **(env or {}))
        if attach_pipe:
            environment["_OCI_ATTACHPIPE"] = str(attach_theirs.fileno())
        command = [program, *(["--api-version", "1"] if api else []), "-c", CID, "-u", "unique", "-n", "name",
                   "-r", str(RUNTIME), "-b", str(self.bundle), "-p", str(self.bundle / "pidfile"),
                   "--exit-dir", str(self.exits), "--persist-dir", str(self.persist), "--full-attach",
                   "-P", str(self.bundle / "monitor-pid"), "-l", log.format(self.bundle),
                   *(["--sync"] if sync else []), *options]
        self.process = subprocess.Popen(command, env=environment, pass_fds=[s.fileno() for s in passed],
                                        cwd=self.bundle, **(stdio or {"stdin": subprocess.DEVNULL,
                                                                      "stdout": subprocess.DEVNULL,
                                                                      "stderr": subprocess.PIPE}))
        for theirs_end in (theirs, start_theirs, attach_theirs):
            theirs_end.close()
        self.sync.settimeout(LIMIT_S)
        self.attach.settimeout(LIMIT_S)
        if not hold:
            self.go()

    def go(self):
        self.start.send(b"\0")

    def message(self):
        """The next one on the sync pipe, as text with pids made alike; "" at its end."""
        text = self.sync.recv(65536).decode()
        return re.sub(r"(\"(data|pid)\": )[1-9]\d+", r"\1PID", text)

    @property
    def pid(self):
        return int(wait_until(lambda: (self.bundle / "monitor-pid").exists()
                              and (self.bundle / "monitor-pid").read_text()))

    @property
    def payload_pid(self):
        return int((self.bundle / "pidfile").read_text())

    def clients(self, count):
        """So many, all let in: what connected only has no output yet."""
        def sockets():
            directory = f"/proc/{self.pid}/fd"
            links = [os.readlink(f"{directory}/{fd}") for fd in os.listdir(directory)]
            return len([link for link in links if link.startswith("socket:")])

        before = sockets()
        clients = [self.client() for _ in range(count)]
        wait_until(lambda: sockets() == before + count)
        return clients

    def wait_for_rest(self):
        """Until the payload waits for input, and the monitor, which has read all output, for anything at all."""
        wait_until(lambda: "pipe_read" in waits_in(self.payload_pid))
        with open(f"/proc/{self.payload_pid}/fd/1", "rb", buffering=0) as output:
            wait_until(lambda: unread(output) == 0 and "epoll" in waits_in(self.pid))

    def step_through_lines(self, count):
        """Has a payload that reads a line before it writes one do so, each after the last came through."""
        self.message()
        client = self.client()
        for _ in range(count):
            client.send(b"\n")
            assert client.recv(100).startswith(b"\2line")

    def client(self):
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        connection.settimeout(LIMIT_S)
        directory = os.open(self.bundle, os.O_PATH)
        connection.connect(f"/proc/self/fd/{directory}/attach")
        os.close(directory)
        return connection

    def control(self, line):
        with open(self.bundle / "ctl", "w", encoding="ascii") as fifo:
            fifo.write(line)

    def exit_code(self):
        """The content of the exit file, once it is there."""
        file = self.exits / CID
        wait_until(file.exists)
        return file.read_text()

    def log(self, name="log"):
        """Streams, tags and texts of the log, without times; pieces joined."""
        records = []
        for line in (self.bundle / name).read_text().splitlines():
            stamp, stream, tag, text = line.split(" ", 3)
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{9}[+-]\d\d:\d\d", stamp), stamp
            if records and records[-1][:2] == [stream, "P"]:
                records[-1] = [stream, tag, records[-1][2] + text]
            else:
                records.append([stream, tag, text])
        return records

    def wait_for_end(self):
        """Until the monitor has gone."""
        if (self.bundle / "monitor-pid").exists():
            pid = self.pid
            wait_until(lambda: is_gone(pid))
        return self.process.wait(LIMIT_S)

    def close(self):
        for end in (self.sync, self.start, self.attach):
            end.close()
        for stream in (self.process.stdin, self.process.stdout, self.process.stderr):
            if stream:
                stream.close()
        for name in ("monitor-pid", "pidfile"):
            try:
                os.kill(int((self.bundle / name).read_text()), signal.SIGKILL)
            except (OSError, ValueError):
                pass
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        shutil.rmtree(self.bundle, ignore_errors=True)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()


def unread(pipe):
    """Bytes in a pipe that nobody has read yet."""
    count = bytearray(4)
    fcntl.ioctl(pipe, termios.FIONREAD, count)
    return int.from_bytes(count, sys.byteorder)


def waits_in(pid):
    """The function of the kernel's in which a process sleeps."""
    return pathlib.Path(f"/proc/{pid}/wchan").read_text(encoding="ascii")


def until_size(rows, columns):
    """For a payload: waits until its terminal has this size, and tells it."""
    return f'until [ "$(stty size)" = "{rows} {columns}" ]; do sleep 0.01; done; stty size'


def is_gone(pid):
    try:
        with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
            return stat.read().rsplit(")", 1)[1].split()[0] in "ZX"
    except (FileNotFoundError, ProcessLookupError):
        return True


def receive_all(client):
    """What a client sees until its end: stream -> bytes."""
    seen = {2: b"", 3: b""}
    while packet := client.recv(65536):
        assert len(packet) <= 8193, len(packet)
        seen[packet[0]] += packet[1:]
    return {stream: data.decode() for stream, data in seen.items()}


def run_cases(cases, program):
    """Name -> what happened, of functions that take a program and return something comparable."""
    results = {}
    for case in cases:
        started = time.monotonic()
        try:
            results[case.__name__] = json.loads(json.dumps(case(program)))
        except Exception as error:  # pylint: disable=broad-except  # told as the case's result
            results[case.__name__] = f"{type(error).__name__}: {error}"
        if "-v" in sys.argv:
            print(f"{time.monotonic() - started:6.1f} s  {case.__name__}")
    return results


def compare(cases, conmon, shim):
    """The main() of a program that has every case happen under both: prints what differs or fails, and returns 1."""
    theirs, ours = (run_cases(cases, program) for program in (conmon, shim))
    differences = [name for name, expected in theirs.items() if ours[name] != expected]
    for name in differences:
        print(f"{name}:\n  conmon: {theirs[name]}\n  ours:   {ours[name]}")
    failures = [name for name, result in theirs.items() if isinstance(result, str) and "Error" in result]
    print(f"{len(theirs)} cases, {len(differences)} differ, {len(failures)} failed in conmon {failures}")
    return 1 if differences or failures or not theirs else 0


def report(cases):
    """The main() of a program PROGRAM [CASE...]: prints what failed, and returns 1 if anything did or nothing ran."""
    program, wanted = sys.argv[1], [word for word in sys.argv[2:] if word != "-v"]
    cases = [case for case in cases if not wanted or case.__name__ in wanted]
    failures = {name: told for name, told in run_cases(cases, program).items() if told is not None}
    for name, told in failures.items():
        print(f"{name}: {told}"[:2000])
    print(f"{len(cases)} cases, {len(failures)} failed")
    return 1 if failures or not cases else 0
