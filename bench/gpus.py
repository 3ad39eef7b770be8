#!/usr/bin/env python3
"""What GPUs cost a start: 8 GPUs and 60 libraries of a fake driver, and what our hook costs a container without any.

    python3 bench/gpus.py [--runs N] [--build DIR]

Needs root and a C compiler. Runs take turns, each way first every second time. Budgets: natively at most 5 ms more
for `run`, the hook without GPUs at most 2 ms. Times depend on the machine; the counts of system calls don't.
"""

import argparse
import json
import os
import pathlib
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time

REPOSITORY = pathlib.Path(__file__).resolve().parent.parent
HELPERS = REPOSITORY / "tests/helpers"
LIBRARIES = 60
GPUS = 8
NATIVE_BUDGET_MS = 5.0
HOOK_BUDGET_MS = 2.0

MAKE_HOST = """
source {helpers}/nvidia_host.bash
nvidia_host {host} gpus={gpus}
cd {host}/usr/lib/x86_64-linux-gnu
for ((i = $(ls -- *.so.580.159.03 | wc -l); i < {libraries}; i++)); do
  nvidia_library libnvidia-bench$i.so.580.159.03 libnvidia-bench$i.so.1
done
"""


def make_bundle(folder, annotations):
    """A rootfs with the loader's folders and /bin/true, and the config of the tests."""
    rootfs = folder / "rootfs"
    for name in ("bin", "dev", "proc", "sys", "etc", "lib64", "run", "usr/bin", "usr/lib/x86_64-linux-gnu"):
        (rootfs / name).mkdir(parents=True)
    shutil.copy("/lib64/ld-linux-x86-64.so.2", rootfs / "lib64")
    shutil.copy("/etc/ld.so.cache", rootfs / "etc")
    subprocess.run(["cc", "-Os", "-static", "-o", rootfs / "bin/true", REPOSITORY / "bench/payload.c"],
                   check=True)
    config = json.loads((REPOSITORY / "bench/configs/runc-default.json").read_text())
    config["root"]["path"] = "rootfs"
    config["process"]["args"] = ["/bin/true"]
    config["annotations"] = annotations
    (folder / "config.json").write_text(json.dumps(config))


def seconds(command, stdin):
    start = time.perf_counter()
    subprocess.run(command, input=stdin, check=True)
    return time.perf_counter() - start


def system_calls(command, stdin):
    with tempfile.NamedTemporaryFile("r") as log:
        subprocess.run(["strace", "-f", "-c", "-o", log.name, *command], input=stdin, check=True)
        return int(re.search(r"^\s*100\.00.*?(\d+)\s+(?:\d+\s+)?total$", log.read(), re.M).group(1))


def race(ways, runs):
    """The median time of each way, in ms; the first round is not kept."""
    times = {name: [] for name in ways}
    for number in range(runs + 1):
        for name in list(ways)[:: 1 if number % 2 else -1]:
            took = seconds(*ways[name])
            if number:
                times[name].append(took * 1000)
            time.sleep(0.005)  # the kernel takes namespaces down after their last process is gone
    return {name: statistics.median(one) for name, one in times.items()}


def measure(work, build, runs):
    # Without cgroups: to join one of v1 makes the kernel wait for readers now and then, 6 to 16 ms, GPUs or not.
    run = [str(build / "bin/ocirt"), "--cgroup-manager", "disabled", "--root", str(work / "state"), "run", "--bundle"]
    state = json.dumps({"ociVersion": "1.0.2", "id": "x", "status": "creating", "pid": 1,
                        "bundle": str(work / "without")}).encode()
    ways = {
        "run": ([*run, str(work / "without"), "without"], b""),
        "run with 8 GPUs": ([*run, str(work / "with"), "with"], b""),
        "hook without GPUs": ([str(build / "bin/ocirt-nvidia-hook"), "prestart"], state),
        "(/bin/true)": (["/bin/true"], b""),
    }
    medians = race(ways, runs)
    counts = {name: system_calls(*way) for name, way in ways.items()} if shutil.which("strace") else {}
    for name, median in medians.items():
        print(f"{name:20} {median:8.2f} ms {counts.get(name, '-'):>8} system calls")
    native = medians["run with 8 GPUs"] - medians["run"]
    print(f"GPUs natively: {native:+.2f} ms (at most {NATIVE_BUDGET_MS})")
    print(f"hook without GPUs: {medians['hook without GPUs']:.2f} ms, its process included (at most {HOOK_BUDGET_MS})")
    return native <= NATIVE_BUDGET_MS and medians["hook without GPUs"] <= HOOK_BUDGET_MS


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=40)
    parser.add_argument("--build", type=pathlib.Path, default=REPOSITORY / "build")
    parser.add_argument("--inside", type=pathlib.Path, help=argparse.SUPPRESS)
    words = parser.parse_args()
    build = words.build.resolve()
    if words.inside:  # where the driver lies over the host's files
        return 0 if measure(words.inside, build, words.runs) else 1
    with tempfile.TemporaryDirectory(prefix="ocirt-bench-gpus.") as name:
        work = pathlib.Path(name)
        (work / "over").mkdir()
        subprocess.run(["bash", "-ec", MAKE_HOST.format(helpers=HELPERS, host=work / "host", gpus=GPUS,
                                                        libraries=LIBRARIES)], check=True)
        make_bundle(work / "without", {})
        make_bundle(work / "with", {"io.ocirt.gpus": "all"})
        return subprocess.run(["unshare", "--mount", "--propagation", "slave", "sh", HELPERS / "with_driver.sh", work,
                               sys.executable, os.path.abspath(__file__), "--inside", work, "--build", build,
                               "--runs", str(words.runs)]).returncode


if __name__ == "__main__":
    sys.exit(main())
