"""The bench: prepares bundles, measures every scenario, writes the raw numbers and the report.

bench/run starts it in a pid and a mount namespace of its own; it changes mounts freely.
"""

import argparse
import datetime
import json
import os
import pathlib
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass

import counts
import host
import report

BENCH = pathlib.Path(__file__).resolve().parent
REPOSITORY = BENCH.parent
PEERS = ["crun", "runc"]


@dataclass
class Program:
    """What takes part: the floor, or a runtime with the OCI command line."""

    name: str
    path: pathlib.Path
    is_floor: bool = False


@dataclass
class Scenario:
    """One race. The templates are command lines; Race.fill says what the names in them stand for.

    A step is (name, command line); the name "wait" waits, untimed, for the process in PID_FILE.
    """

    name: str
    title: str
    bundle: str
    steps: list
    floor_steps: list
    setup: tuple = ()
    floor_setup: tuple = ()


RUN = [("run", "{runtime} run --bundle {bundle} {id}-{n}")]
RUN_FLOOR = [("run", "{program} run {rootfs} /bin/true")]
KEEP = (
    ("create", "{runtime} create --bundle {bundle} --pid-file {pid_file} {id}-{n}"),
    ("start", "{runtime} start {id}-{n}"),
)
KEEP_FLOOR = (("keep", "{program} keep {pid_file} {rootfs} /bin/wait"),)

# Containers that stay were made in set-up, whose number is 0.
SCENARIOS = [
    Scenario("run-default", "run, runc's default config", "runc-default", RUN, RUN_FLOOR),
    Scenario("run-podman", "run, podman's config", "podman-default", RUN, RUN_FLOOR),
    Scenario(
        "lifecycle",
        "create + start + delete",
        "runc-default",
        [*KEEP, ("wait", ""), ("delete", "{runtime} delete {id}-{n}")],
        RUN_FLOOR,
    ),
    Scenario(
        "exec",
        "exec into a running container",
        "wait",
        [("exec", "{runtime} exec {id}-0 /bin/true")],
        [("exec", "{program} exec {pid_file} /bin/true")],
        KEEP,
        KEEP_FLOOR,
    ),
    Scenario(
        "state",
        "state of a running container",
        "wait",
        [("state", "{runtime} state {id}-0")],
        [("print", "{program} print {bundle}/config.json")],
        KEEP,
    ),
]
COUNTS = ["memory", "syscalls", "instructions"]
COUNTED_BUNDLES = ["runc-default", "podman-default"]


def parse_arguments():
    parser = argparse.ArgumentParser(prog="bench/run", description=__doc__.splitlines()[0])
    names = [scenario.name for scenario in SCENARIOS] + COUNTS
    parser.add_argument("--runs", type=int, help="timed runs of each program (default 60)")
    parser.add_argument("--out", type=pathlib.Path, default=REPOSITORY / "build/bench-results")
    parser.add_argument("--ocirt", type=pathlib.Path, help="default: build/bin/ocirt")
    parser.add_argument("--quick", action="store_true", help="10 runs and rough counts")
    parser.add_argument("--scenario", action="extend", nargs="+", choices=names, metavar="NAME",
                        help="only these: " + " ".join(names))
    parser.add_argument("--set", action="append", default=[], metavar="NAME=PATH",
                        help="one more runtime to compare, or another binary for a known one")
    parser.add_argument("--settle-ms", type=int, default=5, help="pause before each run")
    for private in ["--tools", "--work", "--prefix"]:  # from bench/run
        parser.add_argument(private, required=True, help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.runs is None:
        arguments.runs = 10 if arguments.quick else 60
    return arguments


def find_programs(arguments):
    """The programs in the order of the report. Says which known ones are missing."""
    paths = {"ocirt": arguments.ocirt or REPOSITORY / "build/bin/ocirt"}
    for name in PEERS:
        paths[name] = shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/sbin")
    for assignment in arguments.set:
        name, separator, path = assignment.partition("=")
        if not separator:
            sys.exit(f"bench: --set {assignment}: expected NAME=PATH")
        paths[name] = path
    named = {assignment.partition("=")[0] for assignment in arguments.set}
    if arguments.ocirt:
        named.add("ocirt")

    programs = [Program("floor", pathlib.Path(arguments.tools) / "floor", is_floor=True)]
    for name, path in paths.items():
        if path is not None and os.access(path, os.X_OK):
            programs.append(Program(name, pathlib.Path(path).resolve()))
        elif name in named:
            sys.exit(f"bench: {name}: no program at {path}")
        else:
            print(f"bench: {name} is missing: measuring without it", file=sys.stderr)
    return programs


def make_rootfs(work, tools):
    rootfs = work / "rootfs"
    for directory in ["bin", "dev", "etc", "proc", "run", "sys", "tmp"]:
        (rootfs / directory).mkdir(parents=True)
    for name in ["true", "wait"]:
        shutil.copy(tools / "payload", rootfs / "bin" / name)
    # Mount points of podman's config, so that no runtime has to create them.
    for name in ["etc/hostname", "etc/hosts", "run/.containerenv"]:
        (rootfs / name).touch()
    return rootfs


def make_podman_sources(work):
    """The bind sources that podman lays beside a bundle; /dev/shm is a tmpfs of its own there."""
    sources = work / "podman"
    sources.mkdir()
    for name in ["hostname", "hosts", ".containerenv"]:
        (sources / name).touch()
    (sources / "shm").mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "shm", sources / "shm"], check=True)
    return sources


class Race:
    """Bundles, names and command lines for all programs."""

    def __init__(self, arguments, programs):
        self.programs = programs
        self.work = pathlib.Path(arguments.work)
        self.tools = pathlib.Path(arguments.tools)
        self.prefix = arguments.prefix
        self.dropped = set()
        # As /run is where state lives: a tmpfs. And no trace of it remains without this namespace.
        subprocess.run(["mount", "-t", "tmpfs", "bench", self.work], check=True)
        self.rootfs = make_rootfs(self.work, self.tools)
        self.podman_sources = make_podman_sources(self.work)
        for program in programs:
            for bundle in [*COUNTED_BUNDLES, *map(counts.limited_bundle, COUNTED_BUNDLES), "wait"]:
                self._make_bundle(program, bundle)

    def bundle(self, program, name):
        return self.work / "bundles" / program.name / name

    def _make_bundle(self, program, name):
        source = "runc-default" if name == "wait" else name.removesuffix(counts.LIMITED)
        config = json.loads((BENCH / "configs" / f"{source}.json").read_text())
        config["root"]["path"] = str(self.rootfs)
        if name == "wait":
            config["process"]["args"] = ["/bin/wait"]
        for mount in config["mounts"]:
            if mount["type"] == "bind":
                mount["source"] = str(self.podman_sources / mount["source"])
        if "cgroupsPath" in config["linux"]:
            config["linux"]["cgroupsPath"] = f"/{self.prefix}/libpod-{program.name}"
        if name.endswith(counts.LIMITED):
            config["linux"]["cgroupsPath"] = f"/{host.limited_name(self.prefix)}/container"
        self.dropped.update(host.adapt_resources(config))
        self.bundle(program, name).mkdir(parents=True)
        (self.bundle(program, name) / "config.json").write_text(json.dumps(config))

    def fill(self, template, program, bundle, **more):
        """A command line as its words. {n} is left alone: the number of the run, see measure.cpp."""
        values = {
            "program": program.path,
            "runtime": f"{program.path} --root {self.work}/state-{program.name}",
            "bundle": self.bundle(program, bundle),
            "rootfs": self.rootfs,
            "id": f"{self.prefix}-{program.name}",
            "pid_file": self.work / f"{program.name}.pid",
            "n": "{n}",
            **more,
        }
        return template.format(**values).split()

    def run_command(self, program, bundle, number):
        template = (RUN_FLOOR if program.is_floor else RUN)[0][1]
        return self.fill(template, program, bundle, n=number)

    def delete_command(self, program, bundle, number):
        return self.fill("{runtime} delete --force {id}-{n}", program, bundle, n=number)

    def plan_case(self, scenario, program):
        def plan(steps):
            planned = []
            for name, template in steps:
                words = self.fill(template, program, scenario.bundle)
                wait = self.fill("{pid_file}", program, scenario.bundle)[0]
                planned.append({"name": name, "argv": words} if words
                               else {"name": name, "wait_pid_file": wait})
            return planned

        if program.is_floor:
            stop = [("kill", "/usr/bin/pkill --pidfile {pid_file} --signal KILL")]
            return {"program": program.name, "setup": plan(scenario.floor_setup),
                    "steps": plan(scenario.floor_steps),
                    "teardown": plan(stop) if scenario.floor_setup else []}
        return {"program": program.name, "setup": plan(scenario.setup),
                "steps": plan(scenario.steps),
                "teardown": plan([("delete", "{runtime} delete --force {id}-{n}")])}


def time_scenarios(race, scenarios, arguments):
    plan_path = race.work / "plan.json"
    results_path = race.work / "results.json"
    plan = {
        "rounds": arguments.runs,
        "warmup_rounds": 1,
        "settle_ms": arguments.settle_ms,
        "timeout_s": 30,
        "stderr_path": str(race.work / "stderr"),
        "scenarios": [
            {"name": scenario.name, "title": scenario.title,
             "cases": [race.plan_case(scenario, program) for program in race.programs]}
            for scenario in scenarios
        ],
    }
    plan_path.write_text(json.dumps(plan))
    subprocess.run([race.tools / "measure", plan_path, results_path], check=True)
    results = json.loads(results_path.read_text())
    for scenario, result in zip(scenarios, results):
        result["title"] = scenario.title
    return results


def version_of(program):
    if program.is_floor:
        return "static C program, see floor.c"
    try:
        said = subprocess.run([program.path, "--version"], capture_output=True, text=True, timeout=5)
    except subprocess.TimeoutExpired:
        return "unknown"
    return said.stdout.splitlines()[0] if said.stdout else "unknown"


def describe_host(race, arguments, view):
    notes = [view] if view else []
    if race.dropped:
        notes.append("dropped from the configs, having no controller here: linux.resources."
                     + ", ".join(sorted(race.dropped)))
    return {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "kernel": platform.release(),
        "processors": os.cpu_count(),
        "load_average": os.getloadavg()[0],
        "runs": arguments.runs,
        "settle_ms": arguments.settle_ms,
        "programs": [{"name": program.name, "path": str(program.path),
                      "version": version_of(program)} for program in race.programs],
        "notes": notes,
    }


def count_all(race, chosen, arguments):
    measure = {"memory": counts.memory, "syscalls": counts.syscalls,
               "instructions": counts.instructions}
    return {name: measure[name](race, COUNTED_BUNDLES, arguments.quick)
            for name in COUNTS if name in chosen}


def main():
    arguments = parse_arguments()
    chosen = arguments.scenario or [scenario.name for scenario in SCENARIOS] + COUNTS
    programs = find_programs(arguments)
    view = host.enter_v2_view()
    # The parent of podman's cgroupsPath, as podman's own exists before the first container.
    (host.CGROUPS / arguments.prefix).mkdir()
    race = Race(arguments, programs)
    result = {"host": describe_host(race, arguments, view)}
    scenarios = [scenario for scenario in SCENARIOS if scenario.name in chosen]
    result["scenarios"] = time_scenarios(race, scenarios, arguments) if scenarios else []
    result["counts"] = count_all(race, chosen, arguments)

    arguments.out.mkdir(parents=True, exist_ok=True)
    (arguments.out / "raw.json").write_text(json.dumps(result, indent=1) + "\n")
    report.write(result, arguments.out)


if __name__ == "__main__":
    main()
