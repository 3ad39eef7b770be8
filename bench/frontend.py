#!/usr/bin/env python3
"""Measures ocictl beside podman with crun: what a user waits for.

    bench/frontend.py [--runs N] [--containers N] [--ocictl PATH] [--out FILE] [SCENARIO...]

    run        run --rm IMAGE true
    run-large  the same of an image with 60,000 files
    exec       exec CONTAINER true
    ps         ps, with --containers of them running
    terminal   run -it --rm IMAGE echo, to the first byte that the terminal shows

All without a network, from fresh stores on a tmpfs, the same image in both; the programs take turns. Everything
lives in a mount and a pid namespace, which end with the bench. On a host whose cgroups are not purely v2 both
get a private v2 view, since crun refuses hybrid ones. Needs root.
"""

import argparse
import json
import os
import pathlib
import shutil
import statistics
import subprocess
import sys
import tarfile
import tempfile
import time

import host

BENCH = pathlib.Path(__file__).resolve().parent
BUILD = BENCH.parent / "build"
TARGETS = {"run": 8, "run-large": 8, "exec": 8, "ps": 10, "terminal": 8}
FILES = 60_000
PAUSE_S = 0.02  # the kernel takes namespaces down after their last process has gone
COMMANDS = ("sh", "true", "echo", "sleep")


class Program:
    """A front end with a store of its own. `run_options` are what it needs on this machine."""

    def __init__(self, name, command, run_options):
        self.name, self.command, self.run_options = name, command, run_options

    def line(self, verb, *words):
        options = ["--network", "none", *self.run_options] if verb == "run" else []
        return [*map(str, self.command), verb, *options, *map(str, words)]

    def call(self, verb, *words):
        done = subprocess.run(self.line(verb, *words), stdin=subprocess.DEVNULL, capture_output=True, text=True,
                              check=False)
        if done.returncode != 0:
            raise RuntimeError(f"{' '.join(self.line(verb, *words))}: {done.stderr[-500:]}")
        return done.stdout

    def seconds(self, verb, *words):
        began = time.perf_counter()
        self.call(verb, *words)
        return time.perf_counter() - began

    def seconds_to_output(self, verb, *words):
        """On a terminal, from before the command is spawned until it shows something."""
        terminal, theirs = os.openpty()
        began = time.perf_counter()
        # Not pty.fork(): to copy this process takes longer than to start ocictl.
        with subprocess.Popen(self.line(verb, *words), stdin=theirs, stdout=theirs, stderr=theirs,
                              start_new_session=True) as process:
            os.close(theirs)
            shown = os.read(terminal, 1024)
            seconds = time.perf_counter() - began
            try:
                while chunk := os.read(terminal, 1024):
                    shown += chunk
            except OSError:  # the other end is closed
                pass
        os.close(terminal)
        if process.returncode != 0 or b"hello" not in shown:
            raise RuntimeError(f"{' '.join(self.line(verb, *words))}: {shown[-500:]!r}")
        return seconds


def programs(work, ocictl):
    os.environ["OCICTL_RUNROOT"] = str(work / "ocictl-run")
    found = [Program("ocictl", [ocictl, "--root", work / "ocictl"], [])]
    if shutil.which("podman") and shutil.which("crun"):
        # Raising a limit needs a capability that not every root has.
        found.append(Program("podman", ["podman", "--root", work / "podman", "--runroot", work / "podman-run",
                                        "--cgroup-manager", "cgroupfs", "--runtime", shutil.which("crun")],
                             ["--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1024:1024"]))
    return found


def make_image(path, files):
    """An archive with busybox, and so many small files beside it."""
    busybox = shutil.which("busybox")
    if not busybox:
        sys.exit("bench/frontend.py: needs busybox, for the image")
    with tarfile.open(path, "w") as archive:
        archive.add(os.path.realpath(busybox), "bin/busybox")
        for name in COMMANDS:
            link = tarfile.TarInfo(f"bin/{name}")
            link.type, link.linkname = tarfile.SYMTYPE, "busybox"
            archive.addfile(link)
        for number in range(files):
            archive.addfile(tarfile.TarInfo(f"data/{number // 1000}/{number}"))


def start_one(program):
    """The container for `exec`. crun can load no device filter without CAP_SYS_RESOURCE: podman does without cgroups then."""
    words = ("-d", "--name", "one", "small", "sleep", "100000")
    try:
        program.call("run", *words)
    except RuntimeError as error:
        if program.name != "podman" or "RLIM_MEMLOCK" not in str(error):
            raise
        print("crun may not load a device filter here: podman runs with --cgroups=disabled, which saves it work",
              flush=True)
        program.call("rm", "--force", "--time", "0", "one")
        program.run_options.append("--cgroups=disabled")
        program.call("run", *words)


def take_turns(found, runs, measure):
    """name -> seconds of each round; the first round is not kept."""
    samples = {program.name: [] for program in found}
    for number in range(runs + 1):
        for program in found if number % 2 == 0 else reversed(found):
            seconds = measure(program)
            if number:
                samples[program.name].append(seconds)
            time.sleep(PAUSE_S)
    return samples


def measure_ps(found, options):
    for program in found:
        for number in range(options.containers - 1):  # and the one that `exec` needs
            program.call("run", "-d", "--name", f"many{number}", "small", "sleep", "100000")
    return take_turns(found, options.runs, lambda program: program.seconds("ps"))


def measure(scenario, found, options):
    if scenario == "ps":
        return measure_ps(found, options)
    return take_turns(found, options.runs, {
        "run": lambda program: program.seconds("run", "--rm", "small", "true"),
        "run-large": lambda program: program.seconds("run", "--rm", "large", "true"),
        "exec": lambda program: program.seconds("exec", "one", "true"),
        "terminal": lambda program: program.seconds_to_output("run", "-it", "--rm", "small", "echo", "hello"),
    }[scenario])


def report(results, containers):
    lines = [f"{'':12}{'':10}{'median ms':>10}{'quartiles':>18}{'x faster':>10}"]
    for scenario, samples in results.items():
        title = f"ps of {containers}" if scenario == "ps" else scenario
        ours = statistics.median(samples["ocictl"])
        for name, values in samples.items():
            low, middle, high = (value * 1000 for value in statistics.quantiles(values, n=4))
            line = f"{title:12}{name:10}{middle:>10.1f}{f'{low:.1f} .. {high:.1f}':>18}"
            if name != "ocictl":
                line += f"{middle / 1000 / ours:>10.1f} (target {TARGETS[scenario]})"
            lines.append(line)
            title = ""
    return "\n".join(lines) + "\n"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--runs", type=int, default=20, help="rounds (default 20)")
    parser.add_argument("--containers", type=int, default=100, help="how many `ps` lists (default 100)")
    parser.add_argument("--ocictl", type=pathlib.Path, default=BUILD / "bin/ocictl")
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "bench-results/frontend.json")
    parser.add_argument("scenario", nargs="*", help="only these: " + " ".join(TARGETS))
    options = parser.parse_args()
    unknown = set(options.scenario) - set(TARGETS)
    if unknown:
        parser.error(f"no scenario {' '.join(sorted(unknown))}: there are {' '.join(TARGETS)}")
    return options


def main():
    options = parse()
    if os.geteuid() != 0:
        sys.exit("bench/frontend.py: needs root, for stores as an administrator has them")
    if "OCIRT_BENCH_ALONE" not in os.environ:
        os.environ["OCIRT_BENCH_ALONE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc", "--",
                              sys.executable, "-B", *sys.argv])
    print(f"load {os.getloadavg()[0]:.2f}; {host.enter_v2_view() or 'cgroups v2'}", flush=True)
    work = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-bench-frontend."))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=80%", "none", work], check=True)
    found = programs(work, options.ocictl)
    try:
        for name, files in (("small", 0), ("large", FILES)):
            make_image(work / f"{name}.tar", files)
            for program in found:
                program.call("import", work / f"{name}.tar", name)
        for program in found:
            start_one(program)
        results = {scenario: measure(scenario, found, options) for scenario in options.scenario or TARGETS}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=1))
        print(report(results, options.containers), end="")
    finally:
        for program in found:
            subprocess.run(program.line("rm", "--all", "--force", "--time", "0"), capture_output=True, check=False)
        subprocess.run(["umount", "-l", work], check=False)
        work.rmdir()


if __name__ == "__main__":
    main()
