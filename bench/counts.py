"""What is counted rather than timed: peak memory, system calls, instructions, each of one `run`."""

import itertools
import os
import pathlib
import shutil
import signal
import statistics
import subprocess

import host

LIMITED = "-limited"
_numbers = itertools.count(100000)  # the timed runs count from 0


def limited_bundle(bundle):
    """The same bundle, its container below the memory limit on v2 as well."""
    return bundle + LIMITED


def _reap_orphans():
    """We are pid 1 of our namespace: what a killed runtime leaves behind ends here."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0] > 0:
            pass
    except ChildProcessError:
        pass


def _finish(command, timeout_s):
    """Runs a command in a process group of its own. Returns it finished, or None if it never did."""
    process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                               stderr=subprocess.DEVNULL, text=True, start_new_session=True)
    try:
        stdout, _ = process.communicate(timeout=timeout_s)
        return subprocess.CompletedProcess(command, process.returncode, stdout)
    except subprocess.TimeoutExpired:
        # The whole group: a wrapper killed alone would leave its command with our pipe open.
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        return None


def _attempt(race, program, bundle, wrap, timeout_s=20):
    """Runs a container once, its command wrapped. Returns the finished wrapper, or None."""
    number = next(_numbers)
    wrapped = [str(word) for word in wrap] + race.run_command(program, bundle, number)
    done = _finish(wrapped, timeout_s)
    if not program.is_floor:
        _finish(race.delete_command(program, bundle, number), timeout_s=10)
    _reap_orphans()
    return done


def _each(race, bundles, count, skip=lambda program: None):
    rows = []
    for bundle in bundles:
        for program in race.programs:
            print(f"counting {count.__name__.strip('_')}: {program.name}, {bundle}", flush=True)
            reason = skip(program)
            row = {"skipped": reason} if reason else count(program, bundle)
            rows.append({"bundle": bundle, "program": program.name, **row})
    return rows


def _peak_kib(race, program, bundle, cgroup=None):
    """Peak resident memory of the largest process, in KiB; None if the run failed."""
    options = ["--cgroup", cgroup.procs] if cgroup else []
    done = _attempt(race, program, bundle, [race.tools / "peak", *options], timeout_s=10)
    if done is None or done.returncode != 0 or not done.stdout.strip():
        return None
    # The container shares the output with peak, whose line is the last.
    status, kib = done.stdout.split("\n")[-2].split()
    return int(kib) if status == "0" else None


def _smallest_limit_kib(race, controller, program, bundle, quick):
    """The smallest memory limit, in KiB, under which `run` succeeds every time it is tried."""
    step_kib, tries = (256, 1) if quick else (64, 3)

    def works(limit_kib):
        for _ in range(tries):
            with controller.limited(limit_kib * 1024) as cgroup:
                if _peak_kib(race, program, limited_bundle(bundle), cgroup) is None:
                    return False
        return True

    too_little, enough = 0, 64 * 1024
    if not works(enough):
        return None
    while enough - too_little > step_kib:
        middle = (too_little + enough) // 2 // step_kib * step_kib
        if works(middle):
            enough = middle
        else:
            too_little = middle
    return enough


def memory(race, bundles, quick):
    try:
        controller = host.MemoryController(race.work, race.prefix)
        reason = None
    except host.Unavailable as unavailable:
        reason = str(unavailable)

    def _memory(program, bundle):
        peaks = [_peak_kib(race, program, bundle) for _ in range(2 if quick else 5)]
        if None in peaks:
            return {"skipped": "run failed"}
        row = {"peak_rss_kib": statistics.median_low(peaks)}
        if reason is None:
            row["limit_kib"] = _smallest_limit_kib(race, controller, program, bundle, quick)
        return row

    return {"method": "peak RSS: wait4 ru_maxrss, the largest process of the runtime's tree. "
                      "Limit: the smallest memory cgroup around everything, kernel memory included",
            "no_limit_because": reason,
            "rows": _each(race, bundles, _memory)}


def _parse_strace(text):
    by_name = {}
    for line in text.splitlines():
        words = line.split()
        if len(words) == 2 and words[1].isdigit() and words[0] != "total":
            by_name[words[0]] = int(words[1])
    return by_name


def syscalls(race, bundles, quick):
    strace = shutil.which("strace")
    if strace is None:
        return {"skipped": "strace is not installed"}
    summary = pathlib.Path(race.work) / "strace"

    def _syscalls(program, bundle):
        runs = []
        for _ in range(1 if quick else 3):
            summary.unlink(missing_ok=True)
            wrap = [strace, "-f", "-qq", "-c", "-U", "name,calls", "-o", summary]
            done = _attempt(race, program, bundle, wrap, timeout_s=20)
            if done is None or done.returncode != 0:
                return {"skipped": "run failed under strace"}
            runs.append(_parse_strace(summary.read_text()))
        runs.sort(key=lambda by_name: sum(by_name.values()))
        middle = runs[len(runs) // 2]
        return {"calls": sum(middle.values()), "by_name": middle}

    return {"method": "strace -f -c: all processes of the tree, the payload's calls included",
            "rows": _each(race, bundles, _syscalls)}


def _has_hardware_counter():
    perf = shutil.which("perf")
    if perf is None:
        return False
    command = [perf, "stat", "-x,", "-e", "instructions:u", "true"]
    done = subprocess.run(command, capture_output=True, text=True)
    return done.returncode == 0 and done.stderr.split(",")[0].isdigit()


def _instructions_by_perf(race, program, bundle):
    output = pathlib.Path(race.work) / "perf"
    wrap = [shutil.which("perf"), "stat", "-x,", "-e", "instructions:u", "-o", output]
    done = _attempt(race, program, bundle, wrap)
    if done is None or done.returncode != 0:
        return {"skipped": "run failed under perf"}
    for line in output.read_text().splitlines():
        if "instructions" in line and line.split(",")[0].isdigit():
            return {"instructions": int(line.split(",")[0])}
    return {"skipped": "perf counted nothing"}


def _instructions_by_step(race, program, bundle, limit_s):
    wrap = [race.tools / "step", limit_s]
    done = _attempt(race, program, bundle, wrap, timeout_s=limit_s + 10)
    if done is None or done.returncode != 0 or not done.stdout.strip():
        return {"skipped": "run failed when single-stepped"}
    instructions, tasks, status = done.stdout.split("\n")[-2].split()
    if status not in ("0", "limit"):
        return {"skipped": f"run failed when single-stepped: exit status {status}"}
    return {"instructions": int(instructions), "tasks": int(tasks),
            "is_lower_bound": status == "limit"}


def instructions(race, bundles, quick):
    limit_s = 5 if quick else 90
    if _has_hardware_counter():
        method = "perf stat -e instructions:u: user mode, all processes of the tree"

        def _instructions(program, bundle):
            return _instructions_by_perf(race, program, bundle)
    else:
        method = (f"no hardware counter here: ptrace single steps in user mode, all processes of "
                  f"the tree, the payload included; cut off after {limit_s} s, then a lower bound")

        def _instructions(program, bundle):
            return _instructions_by_step(race, program, bundle, limit_s)

    return {"method": method, "rows": _each(race, bundles[:1], _instructions)}
