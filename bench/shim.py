#!/usr/bin/env python3
"""Measures monitors side by side: bench/shim.py [--runs N] [PROGRAM...] (default: conmon and ours).

Memory of idle ones, wake-ups of an idle one, time to the first message, and output to a k8s-file log.
The programs take turns; the report has medians.
"""

import argparse
import os
import pathlib
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


class Run:
    """One monitor with a payload of shim_runtime.c, in a bundle on a tmpfs."""

    def __init__(self, program, runtime, payload, foreground=False):
        self.bundle = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-bench-shim.", dir="/dev/shm"))
        self.sync, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
        environment = dict(os.environ, PAYLOAD=payload, _OCI_SYNCPIPE=str(theirs.fileno()))
        command = [program, "--api-version", "-c", "container-0123456789", "-u", "u", "-n", "n", "-r", runtime,
                   "-b", self.bundle, "-p", self.bundle / "pid", "--exit-dir", self.bundle, "--full-attach",
                   "-l", f"k8s-file:{self.bundle}/log", "--log-size-max", "0", "-P", self.bundle / "monitor"]
        self.started = time.monotonic()
        self.process = subprocess.Popen(command + (["--sync"] if foreground else []), env=environment,
                                        pass_fds=[theirs.fileno()])
        theirs.close()

    def first_message(self):
        """Seconds until it came."""
        assert b'"data"' in self.sync.recv(4096)
        return time.monotonic() - self.started

    def monitor_pid(self):
        self.process.wait()
        return int((self.bundle / "monitor").read_text())

    def close(self):
        os.kill(int((self.bundle / "pid").read_text()), signal.SIGKILL)
        self.process.wait()
        if (self.bundle / "monitor").exists():
            while pathlib.Path(f"/proc/{(self.bundle / 'monitor').read_text()}").exists():
                time.sleep(0.002)
        self.sync.close()
        shutil.rmtree(self.bundle)


def start_time(program, runtime):
    run = Run(program, runtime, "idle")
    seconds = run.first_message()
    run.close()
    return {"first message, us": seconds * 1e6}


def throughput(program, runtime, kind, megabytes):
    run = Run(program, runtime, f"{kind} {megabytes}", foreground=True)
    run.first_message()
    began = time.monotonic()
    _, _, usage = os.wait4(run.process.pid, 0)
    seconds = time.monotonic() - began
    run.process.returncode = 0
    shutil.rmtree(run.bundle)
    run.sync.close()
    # Its children's, the writer's among them, are in the usage, too: it has reaped them.
    return {f"{kind}, MB/s": megabytes / seconds, f"{kind}, CPU ms (with the writer)":
            (usage.ru_utime + usage.ru_stime) * 1e3}


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


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=30)
    parser.add_argument("--megabytes", type=int, default=200)
    parser.add_argument("programs", nargs="*")
    arguments = parser.parse_args()
    programs = arguments.programs or [path for path in (shutil.which("conmon"), str(SHIM)) if path]
    samples = {program: {} for program in programs}

    def measure(function, *words):
        for program in programs:
            for name, value in function(program, *words).items():
                samples[program].setdefault(name, []).append(value)

    with tempfile.TemporaryDirectory() as tools:
        runtime = f"{tools}/runtime"
        subprocess.run(["cc", "-O2", "-static", "-o", runtime, BENCH / "shim_runtime.c"], check=True)
        measure(memory, runtime)
        for _ in range(arguments.runs):
            measure(start_time, runtime)
        for _ in range(max(arguments.runs // 6, 3)):
            measure(throughput, runtime, "lines", arguments.megabytes)
            measure(throughput, runtime, "blocks", arguments.megabytes)
    width = max(len(name) for name in samples[programs[0]])
    print(" " * width, *(f"{os.path.basename(program):>12}" for program in programs))
    for name in samples[programs[0]]:
        print(f"{name:{width}}", *(f"{statistics.median(samples[p][name]):12.1f}" for p in programs))


if __name__ == "__main__":
    sys.exit(main())
