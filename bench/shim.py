#!/usr/bin/env python3
"""Measures monitors side by side: bench/shim.py [--runs N] [PROGRAM...] (default: conmon and ours).

Memory of idle ones, wake-ups of an idle one, time to the first message, and output to a k8s-file log.
The programs take turns, and every second round goes backwards; the report has medians, and the median
of the rounds' ratios, which other load on the machine disturbs least.
"""

import argparse
import fcntl
import os
import pathlib
import select
import shutil
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time

BENCH = pathlib.Path(__file__).resolve().parent
SHIM = BENCH.parent / "build/bin/ocirt-shim"
TOGETHER = 20  # idle monitors whose memory is averaged
LIMIT_S = 60  # what takes longer hangs
WIDE = 256 * 1024  # bytes of a pipe, as ocirt-shim makes it
KINDS = ("lines", "pages", "blocks")


class Run:
    """One monitor with a payload of shim_runtime.c, in a bundle on a tmpfs."""

    def __init__(self, program, runtime, payload, foreground=False):
        self.bundle = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-bench-shim.", dir="/dev/shm"))
        self.sync, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        self.sync.settimeout(LIMIT_S)
        environment = dict(os.environ, PAYLOAD=payload, _OCI_SYNCPIPE=str(theirs.fileno()))
        command = [program, "--api-version", "-c", "container-0123456789", "-u", "u", "-n", "n", "-r", runtime,
                   "-b", self.bundle, "-p", self.bundle / "pid", "--exit-dir", self.bundle, "--full-attach",
                   "-l", f"k8s-file:{self.bundle}/log", "--log-size-max", "0", "-P", self.bundle / "monitor"]
        self.program = program
        self.started = time.monotonic()
        # Not by subprocess, which takes longer than what is measured.
        theirs.set_inheritable(True)
        self.process = os.posix_spawn(program, [*command, *(["--sync"] if foreground else [])], environment)
        theirs.close()

    def first_message(self):
        """Seconds until it came."""
        message = self.sync.recv(4096)
        seconds = time.monotonic() - self.started
        assert b'"data"' in message, message
        return seconds

    def monitor_pid(self):
        if self.process:
            os.waitpid(self.process, 0)
            self.process = None
        return int((self.bundle / "monitor").read_text())

    def close(self):
        """Ends the payload; the monitor follows."""
        monitor = os.pidfd_open(self.monitor_pid())
        try:
            os.kill(int((self.bundle / "pid").read_text()), signal.SIGKILL)
            # Readable when it has ended, be it reaped by somebody or not.
            if not select.select([monitor], [], [], LIMIT_S)[0]:
                signal.pidfd_send_signal(monitor, signal.SIGKILL)
                raise TimeoutError(f"{self.program} outlives its payload")
        finally:
            os.close(monitor)
            self.remove()

    def remove(self):
        self.sync.close()
        shutil.rmtree(self.bundle)


def start_time(program, runtime):
    run = Run(program, runtime, "idle")
    seconds = run.first_message()
    run.close()
    return {"first message, us": seconds * 1e6}


def throughput(program, runtime, kind, megabytes):
    run = Run(program, runtime, f"{kind} {megabytes}", foreground=True)
    pid = run.process
    run.first_message()
    began = time.monotonic()
    os.waitid(os.P_PID, pid, os.WEXITED | os.WNOWAIT)
    seconds = time.monotonic() - began
    # Of the zombie: time on a processor in ns, without that of its children.
    processor_ns = int(pathlib.Path(f"/proc/{pid}/schedstat").read_text().split()[0])
    os.waitpid(pid, 0)
    logged = (run.bundle / "log").stat().st_size
    run.remove()
    assert logged > megabytes * 1_000_000, f"{program} logged {logged} bytes only"
    return {f"{kind}, MB/s": megabytes / seconds, f"{kind}, CPU ms": processor_ns / 1e6}


def ceiling(runtime, kind, megabytes):
    """The same output into a wide pipe whose reader throws it away: no monitor can be faster than the payload."""
    reader, writer = os.pipe()
    fcntl.fcntl(reader, fcntl.F_SETPIPE_SZ, WIDE)
    buffer = bytearray(WIDE)
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        began = time.monotonic()
        process = os.posix_spawn(runtime, [runtime, "--pid-file", f"{directory}/pid"],
                                 dict(os.environ, PAYLOAD=f"{kind} {megabytes}"),
                                 file_actions=[(os.POSIX_SPAWN_DUP2, writer, 1), (os.POSIX_SPAWN_CLOSE, writer)])
        os.close(writer)
        while got := os.readv(reader, [buffer]):
            if got < WIDE // 2:
                time.sleep(0.0002)  # as long as it takes to wake up: let more of it come
        seconds = time.monotonic() - began
        os.waitpid(process, 0)
    os.close(reader)
    return megabytes / seconds


def memory(program, runtime):
    runs = [Run(program, runtime, "idle") for _ in range(TOGETHER)]
    for run in runs:
        run.first_message()
    time.sleep(2)
    totals = {"PSS, KiB": 0, "RSS, KiB": 0}
    for run in runs:
        for line in pathlib.Path(f"/proc/{run.monitor_pid()}/smaps_rollup").read_text().splitlines():
            for name in ("Pss", "Rss"):
                if line.startswith(f"{name}:"):
                    totals[f"{name.upper()}, KiB"] += int(line.split()[1]) / TOGETHER
    before = switches(runs[0].monitor_pid())
    time.sleep(10)
    totals["wake-ups in 10 s"] = switches(runs[0].monitor_pid()) - before
    for run in runs:
        run.close()
    return totals


def switches(pid):
    lines = pathlib.Path(f"/proc/{pid}/status").read_text().splitlines()
    return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)


def ratio(ours, theirs):
    """The median of the rounds' ratios, as text."""
    ratios = [mine / other for mine, other in zip(ours, theirs) if other]
    return f"{statistics.median(ratios):.2f}" if ratios else "-"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("--only", choices=("memory", "start", "output"))
    parser.add_argument("programs", nargs="*")
    arguments = parser.parse_args()
    programs = arguments.programs or [path for path in (shutil.which("conmon"), str(SHIM)) if path]
    samples = {program: {} for program in programs}
    ceilings = {kind: [] for kind in KINDS}

    def measure(function, *words, turn=0):
        for program in programs if turn % 2 == 0 else programs[::-1]:
            for name, value in function(program, *words).items():
                samples[program].setdefault(name, []).append(value)

    with tempfile.TemporaryDirectory() as tools:
        runtime = f"{tools}/runtime"
        subprocess.run(["cc", "-O2", "-static", "-o", runtime, BENCH / "shim_runtime.c"], check=True)
        if arguments.only in (None, "memory"):
            measure(memory, runtime)
        if arguments.only in (None, "start"):
            for turn in range(arguments.runs):
                measure(start_time, runtime, turn=turn)
        if arguments.only in (None, "output"):
            for turn in range(max(arguments.runs // 4, 3)):
                for kind in KINDS:
                    measure(throughput, runtime, kind, arguments.megabytes, turn=turn)
                    ceilings[kind].append(ceiling(runtime, kind, arguments.megabytes))
    first = samples[programs[0]]
    width = max(len(name) for name in first)
    heads = [os.path.basename(program) for program in programs] + ["ratio"] * (len(programs) - 1)
    print(" " * width, *(f"{head:>12}" for head in heads))
    for name in first:
        values = [f"{statistics.median(samples[program][name]):.1f}" for program in programs]
        values += [ratio(samples[program][name], first[name]) for program in programs[1:]]
        print(f"{name:{width}}", *(f"{value:>12}" for value in values))
    if arguments.only in (None, "output"):
        told = ", ".join(f"{kind} {statistics.median(values):.0f}" for kind, values in ceilings.items())
        print(f"the payloads write, if all is thrown away, MB/s: {told}")
    print(f"load {os.getloadavg()[0]:.1f}; ratios are to {os.path.basename(programs[0])}, of the same round")


if __name__ == "__main__":
    sys.exit(main())
