#!/usr/bin/env python3
"""Measures pulls side by side: ocictl, podman, and skopeo copy + umoci unpack.

    bench/pull.py [--quick] [--runs N] [--image NAME...] [--disk DIR] [--ocictl PATH] [--out FILE]

From Debian's docker-registry on loopback, into fresh stores on a tmpfs, so that processors and not the disk
count; `durable` is the large image again into --disk, up to a sync of its file system. The programs take
turns, and the report has medians; umoci takes one turn of the large images. Memory is the largest sum of
the proportional set sizes of all processes, from a run that isn't timed. Needs root.
"""

import argparse
import json
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

import pull_images

BENCH = pathlib.Path(__file__).resolve().parent
BUILD = BENCH.parent / "build"
MIB = 1 << 20
TARGETS = {"small": 5, "medium": 5, "large-gzip": 5, "large-zstd": 4, "durable": 4}


class Cgroup:
    """Where a program and all that it starts is counted: any cgroup2 will do, controllers or not."""

    def __init__(self):
        mounts = [line.split() for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
        root = next(fields[1] for fields in mounts if fields[2] == "cgroup2")
        self.path = pathlib.Path(root) / f"ocirt-bench-pull-{os.getpid()}"
        self.path.mkdir()

        self.home = pathlib.Path(root) / pathlib.Path("/proc/self/cgroup").read_text().split("0::/")[1].strip()

    def enter(self):
        """From now on what we start is counted; so are we, who do little but wait."""
        (self.path / "cgroup.procs").write_text("0")

    def cpu_s(self):
        words = dict(line.split() for line in (self.path / "cpu.stat").read_text().splitlines())
        return int(words["usage_usec"]) / 1e6 - time.process_time()

    def memory(self):
        """Bytes, by the proportional set sizes."""
        total = 0
        for pid in (self.path / "cgroup.procs").read_text().split():
            if int(pid) == os.getpid():
                continue
            try:
                for line in pathlib.Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                    if line.startswith("Pss:"):
                        total += int(line.split()[1]) * 1024
            except OSError:  # it has just gone
                pass
        return total

    def close(self):
        (self.home / "cgroup.procs").write_text("0")
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            for pid in (self.path / "cgroup.procs").read_text().split():
                os.kill(int(pid), signal.SIGKILL)
            try:
                return self.path.rmdir()
            except OSError:
                time.sleep(0.05)


class Registry:
    """docker-registry with the images in it."""

    def __init__(self, work, layouts):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        self.host = f"localhost:{port}"
        self.log = work / "registry.log"
        (work / "registry.yml").write_text(
            f"version: 0.1\nlog: {{accesslog: {{disabled: false}}}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
            f"storage: {{filesystem: {{rootdirectory: {work}/registry}}}}\n")
        environment = {key: value for key, value in os.environ.items() if not key.startswith("REGISTRY_")}
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(["docker-registry", "serve", work / "registry.yml"],
                                            stdout=log, stderr=log, env=environment)
        deadline = time.monotonic() + 20
        while True:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)
        for name, layout in layouts.items():
            subprocess.run(["skopeo", "copy", "-q", "--dest-tls-verify=false", f"oci:{layout}:latest",
                            f"docker://{self.host}/{name}:latest"], check=True)

    def requests(self):
        return self.log.read_text(errors="replace").count("HTTP/1.1\" ")

    def close(self):
        self.process.kill()
        self.process.wait()


class Program:
    """A way to pull. `words` are the commands, in which {store} and {image} are replaced."""

    def __init__(self, name, commands, remove=None):
        self.name, self.commands, self.remove_image = name, commands, remove

    def fill(self, command, store, image):
        return [str(word).format(store=store, image=image, name=image.split("/")[1]) for word in command]


def programs(ocictl):
    podman = ["podman", "--root", "{store}/root", "--runroot", "{store}/run"]
    ours = [ocictl, "--root", "{store}/root"]
    found = [Program("ocictl", [ours + ["pull", "-q", "{image}"]], ours + ["rmi", "{image}"])]
    if shutil.which("podman"):
        found.append(Program("podman", [podman + ["pull", "-q", "--tls-verify=false", "{image}"]],
                             podman + ["rmi", "{image}"]))
    if shutil.which("umoci") and shutil.which("skopeo"):
        found.append(Program("skopeo+umoci", [
            ["skopeo", "copy", "-q", "--src-tls-verify=false", "docker://{image}:latest", "oci:{store}/oci:latest"],
            ["umoci", "unpack", "--image", "{store}/oci:latest", "{store}/bundle"]]))
    return found


class Bench:
    def __init__(self, work, disk, registry, cgroup):
        self.work, self.disk, self.registry, self.cgroup = work, disk, registry, cgroup
        conf = work / "registries.conf"
        conf.write_text(f'[[registry]]\nlocation = "{registry.host}"\ninsecure = true\n')
        # umoci by itself makes device nodes, and fails where that isn't allowed: not our concern.
        self.environment = dict(os.environ, CONTAINERS_REGISTRIES_CONF=str(conf), TMPDIR=str(work))

    def execute(self, command, watch=None):
        process = subprocess.Popen(command, env=self.environment, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
        while watch and process.poll() is None:
            watch.append(self.cgroup.memory())
            time.sleep(0.01)
        error = process.communicate()[1]
        if process.returncode != 0:
            raise RuntimeError(f"{' '.join(map(str, command))}: {error.decode()[-500:]}")

    def pull(self, program, image, durable=False, watch=None):
        """One pull into a fresh store. Returns what was measured of it."""
        base = self.disk if durable else self.work
        store = pathlib.Path(tempfile.mkdtemp(prefix="store.", dir=base))
        if durable:
            os.sync()
        requests, cpu, began = self.registry.requests(), self.cgroup.cpu_s(), time.monotonic()
        for command in program.commands:
            self.execute(program.fill(command, store, f"{self.registry.host}/{image}"), watch)
        if durable:
            fd = os.open(store, os.O_RDONLY)
            subprocess.run(["sync", "-f", store], check=True)
            os.close(fd)
        result = {"seconds": time.monotonic() - began, "cpu": self.cgroup.cpu_s() - cpu,
                  "requests": self.registry.requests() - requests}
        if program.remove_image and not durable and not watch:
            result.update(self.again(program, store, image))
        self.clear(store)
        return result

    def again(self, program, store, image):
        """The second pull of what is there, and its removal."""
        full = f"{self.registry.host}/{image}"
        requests, began = self.registry.requests(), time.monotonic()
        self.execute(program.fill(program.commands[0], store, full))
        second = {"again": time.monotonic() - began, "again_requests": self.registry.requests() - requests}
        began = time.monotonic()
        self.execute(program.fill(program.remove_image, store, full))
        return {**second, "rmi": time.monotonic() - began}

    def clear(self, store):
        mounts = [line.split()[1] for line in pathlib.Path("/proc/mounts").read_text().splitlines()]
        for point in sorted((point for point in mounts if point.startswith(str(store))), reverse=True):
            subprocess.run(["umount", "-l", point], check=False)
        shutil.rmtree(store, ignore_errors=True)

    def compare(self, image, found, runs):
        """Rounds in which the programs take turns. name -> key -> values."""
        durable = image == "durable"
        image = "large-gzip" if durable else image
        samples = {program.name: {} for program in found}
        for number in range(runs):
            for program in found if number % 2 == 0 else reversed(found):
                # umoci knows no zstd, and one turn of it takes longer than all of ours.
                if program.name == "skopeo+umoci" and (durable or image.endswith("zstd") or
                                                       (image.startswith("large") and number)):
                    continue
                print(f"bench: {image}{' durable' if durable else ''}, round {number + 1} of {runs}: {program.name}",
                      file=sys.stderr)
                for key, value in self.pull(program, image, durable).items():
                    samples[program.name].setdefault(key, []).append(value)
        for program in found if not durable else []:
            if program.name not in samples or not samples[program.name]:
                continue
            watch = [0]
            self.pull(program, image, watch=watch)
            samples[program.name]["peak"] = [max(watch) / MIB]
        return samples


COLUMNS = (("seconds", "wall s", "{:.2f}"), ("cpu", "cpu s", "{:.2f}"), ("peak", "peak MiB", "{:.0f}"),
           ("requests", "requests", "{:.0f}"), ("again", "2nd pull s", "{:.3f}"),
           ("again_requests", "2nd requests", "{:.0f}"), ("rmi", "rmi s", "{:.2f}"))


def report(results):
    lines = []
    for image, samples in results.items():
        lines.append(f"{image:16}" + "".join(f"{title:>14}" for _, title, _ in COLUMNS) + f"{'x faster':>14}")
        ours = statistics.median(samples["ocictl"]["seconds"])
        for program, values in samples.items():
            if "seconds" not in values:
                continue
            line = f"  {program:14}"
            for key, _, form in COLUMNS:
                line += f"{form.format(statistics.median(values[key])) if key in values else '-':>14}"
            ratio = statistics.median(values["seconds"]) / ours
            target = f" (target {TARGETS[image]})" if program == "podman" else ""
            lines.append(line + (f"{ratio:>14.1f}{target}" if program != "ocictl" else ""))
    return "\n".join(lines) + "\n"


def parse():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--quick", action="store_true", help="a large image of 300 MB, and 3 rounds")
    parser.add_argument("--runs", type=int, help="rounds (default 5, with --quick 3)")
    parser.add_argument("--image", nargs="+", choices=TARGETS, default=list(TARGETS))
    parser.add_argument("--only", nargs="+", help="only these programs")
    parser.add_argument("--disk", type=pathlib.Path, default=BUILD, help="where `durable` has its stores")
    parser.add_argument("--ocictl", type=pathlib.Path, default=BUILD / "bin/ocictl")
    parser.add_argument("--out", type=pathlib.Path, default=BUILD / "bench-results/pull.json")
    return parser.parse_args()


def main():
    options = parse()
    if os.geteuid() != 0:
        sys.exit("bench/pull.py: needs root, for stores as an administrator has them")
    if "OCIRT_BENCH_ALONE" not in os.environ:  # mounts of ours, and of podman, end with us
        os.environ["OCIRT_BENCH_ALONE"] = "1"
        os.execvp("unshare", ["unshare", "--mount", "--", sys.executable, "-B", *sys.argv])
    layouts = pull_images.make(BUILD / "bench-pull", options.quick)
    work = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-bench-pull."))
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=90%", "none", work], check=True)
    cgroup, registry = Cgroup(), None
    try:
        registry = Registry(work, {name: layouts / f"{name}.oci" for name in pull_images.IMAGES})
        cgroup.enter()
        bench = Bench(work, options.disk, registry, cgroup)
        found = [each for each in programs(options.ocictl) if not options.only or each.name in options.only]
        runs = options.runs or (3 if options.quick else 5)
        results = {image: bench.compare(image, found, runs) for image in options.image}
        options.out.parent.mkdir(parents=True, exist_ok=True)
        options.out.write_text(json.dumps(results, indent=1))
        print(report(results), end="")
    finally:
        if registry:
            registry.close()
        cgroup.close()
        subprocess.run(["umount", "-l", work], check=False)
        work.rmdir()


if __name__ == "__main__":
    main()
