#!/usr/bin/env python3
"""Starts many containers and says what their number costs: bench/many.py [--count 500] [--ocirt PATH].

Prints how long the first and the last of them took to start, and `list` with none and with all; deletes
them, and looks for what is left: cgroups, mounts, directories, processes. Needs root and a C compiler. The
status is 1 where a bound is missed: list at most 20 ms more than with none, the last start at most 1.2 times
the first, nothing left.
"""

import argparse
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import time

BENCH = pathlib.Path(__file__).resolve().parent
SAMPLE = 25           # starts at either end, and calls of list: of these the quickest, as other work only adds
MOST_LIST_MS = 20.0
MOST_RATIO = 1.2


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--ocirt", type=pathlib.Path, default=BENCH.parent / "build/bin/ocirt")
    return parser.parse_args()


def make_bundle(work):
    """A rootfs of one tiny static program that stays, and runc's config for it."""
    bundle = work / "bundle"
    rootfs = bundle / "rootfs"
    for name in ("bin", "dev", "proc", "sys"):
        (rootfs / name).mkdir(parents=True)
    subprocess.run(["cc", "-O1", "-static", "-o", rootfs / "bin/wait", BENCH / "payload.c"], check=True)
    config = json.loads((BENCH / "configs/runc-default.json").read_text())
    config["process"]["args"] = ["/bin/wait"]
    config["linux"].pop("cgroupsPath", None)
    (bundle / "config.json").write_text(json.dumps(config))
    return bundle


class Runtime:
    """The program under test, with a state root of this run."""

    def __init__(self, program, work):
        self.command = [program, "--root", work / "state"]

    def timed_ms(self, *words):
        began = time.perf_counter()
        # Not a pipe: the containers would keep it open.
        subprocess.run([*self.command, *words], check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
        return (time.perf_counter() - began) * 1000

    def list_ms(self):
        return min(self.timed_ms("list") for _ in range(SAMPLE))


def mounts():
    return pathlib.Path("/proc/self/mountinfo").read_text().splitlines()


def processes_of(work):
    """Pids whose root is our rootfs, or that were started with our state root."""
    found = []
    for entry in pathlib.Path("/proc").iterdir():
        if not entry.name.isdigit() or int(entry.name) == os.getpid():
            continue
        try:
            if str(work) in (entry / "mountinfo").read_text() or str(work).encode() in (entry / "cmdline").read_bytes():
                found.append(int(entry.name))
        except OSError:
            pass
    return found


def cgroups_of(prefix):
    return [path for path, folders, _ in os.walk("/sys/fs/cgroup") if os.path.basename(path).find(prefix) >= 0]


def left_behind(work, prefix, mounts_before):
    left = [f"cgroup {path}" for path in cgroups_of(prefix)]
    left += [f"mount {line}" for line in set(mounts()) - set(mounts_before)]
    left += [f"process {pid}" for pid in processes_of(work)]
    state = work / "state"
    # The filter that the containers share is kept, for the next start.
    left += [f"file {path}" for path in state.rglob("*") if ".seccomp" not in path.parts] if state.exists() else []
    return left


def measure(options, work, prefix):
    runtime, bundle = Runtime(options.ocirt, work), make_bundle(work)
    before = mounts()
    none_ms = runtime.list_ms()
    ids = [f"{prefix}-{number}" for number in range(options.count)]
    made = []
    try:
        starts = []
        for name in ids:
            made.append(name)
            starts.append(runtime.timed_ms("run", "--detach", "--bundle", bundle, name))
        all_ms = runtime.list_ms()
    finally:
        deletes = [runtime.timed_ms("delete", "--force", name) for name in made]
    first, last = min(starts[:SAMPLE]), min(starts[-SAMPLE:])
    print(f"start   first {first:.2f} ms, last {last:.2f} ms, ratio {last / first:.2f} (quickest of {SAMPLE})")
    print(f"list    none {none_ms:.2f} ms, {options.count} containers {all_ms:.2f} ms, {all_ms - none_ms:.2f} ms more")
    print(f"delete  first {min(deletes[:SAMPLE]):.2f} ms, last {min(deletes[-SAMPLE:]):.2f} ms")
    left = left_behind(work, prefix, before)
    print("left    " + (", ".join(left[:10]) or "nothing"))
    return last / first <= MOST_RATIO and all_ms - none_ms <= MOST_LIST_MS and not left


def main():
    options = arguments()
    if os.geteuid() != 0:
        sys.exit("bench/many.py: needs root, for cgroups and namespaces")
    work = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-many."))
    try:
        good = measure(options, work, work.name.replace(".", "-"))
    finally:
        shutil.rmtree(work, ignore_errors=True)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
