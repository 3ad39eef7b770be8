"""Runs checks, each in a process of its own, and prints what came out as TAP or as a table.

Every check runs in a forked child with a private mount namespace, its own process group, and as subreaper
of what it starts. So a check that hangs or crashes harms no other, and cleaning up after it is killing one
process, whatever the runtime under test left lying around.
"""

import fnmatch
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback

import bundle
import harness
import host
import kernel

CHECK_SECONDS = 60       # a check is told to stop after this,
GRACE_SECONDS = 15       # and killed after this much more


class Run:
    """The runtime under test, and the directory that all checks share."""

    def __init__(self, runtime, arguments, rootfs, probe, here):
        self.runtime, self.arguments = runtime, arguments
        self.prefix = f"conf-{secrets.token_hex(4)}"
        self.directory = tempfile.mkdtemp(prefix="conformance-")
        os.chmod(self.directory, 0o755)
        # A tmpfs in our own mount namespace: when the last process of this run ends, it is gone.
        kernel.private_mount_namespace()
        if os.geteuid() == 0:
            kernel.mount("tmpfs", self.directory, "tmpfs", 0, "mode=755")
        self.probe, self.template = os.path.join(self.directory, "probe"), os.path.join(self.directory, "template")
        if probe:
            shutil.copy(probe, self.probe)
        else:
            subprocess.run([os.environ.get("CC", "cc"), "-static", "-O1", "-o", self.probe,
                            os.path.join(here, "probe.c"), "-lpthread"], check=True)
        bundle.make_template(self.template, self.probe, rootfs)
        unified = host.cgroups().unified
        self.controllers = os.path.join(unified, "cgroup.subtree_control") if unified else None
        self.enabled = self._enabled()

    def _enabled(self):
        if not self.controllers:
            return set()
        with open(self.controllers) as file:
            return set(file.read().split())

    def close(self):
        harness.kill_children()
        harness.remove_cgroups(self.prefix)
        for name in self._enabled() - self.enabled:  # what a runtime enabled for its containers
            try:
                with open(self.controllers, "w") as file:
                    file.write("-" + name)
            except OSError:
                pass
        try:
            kernel.umount(self.directory, kernel.MNT_DETACH)
            os.rmdir(self.directory)
        except OSError:
            harness.remove_tree(self.directory)


def private_cgroup2():
    """Replaces /sys/fs/cgroup by cgroup v2 alone, in our own mount namespace."""
    kernel.private_mount_namespace()
    if any(entry["point"] == "/sys/fs/cgroup" for entry in host.mounts()):
        kernel.umount("/sys/fs/cgroup", kernel.MNT_DETACH)
    kernel.mount("cgroup2", "/sys/fs/cgroup", "cgroup2")
    host.cgroups.cache_clear()


# One check ------------------------------------------------------------------------------------------


def _stop(*_):
    raise KeyboardInterrupt


def _too_long(*_):
    raise harness.Failed(f"the check took longer than {CHECK_SECONDS} s")


def _judge(check, case):
    """Runs the check; its outcome as ("pass" | "fail" | "skip", reason)."""
    for need in check.needs:
        if reason := host.missing(need):
            return "skip", reason
    if os.geteuid() != 0 and (reason := why_known(harness.ROOT_ONLY, "plain-user", check)):
        return "skip", reason
    try:
        check.function(case)
        return "pass", ""
    except harness.Skipped as skipped:
        return "skip", str(skipped)
    except harness.Failed as failed:
        return ("todo" if check.todo else "fail"), str(failed)
    except PermissionError as refused:
        if os.geteuid() != 0:  # the check's own doing: what a runtime may not do, it reports in words
            return "skip", f"the check itself needs root: {refused}"
        return "fail", traceback.format_exc(limit=-3)
    except Exception:  # a check that crashed says nothing good about the runtime either
        return "fail", traceback.format_exc(limit=-3)


def _in_child(check, run, pipe):
    """Never returns. The parent reads the outcome from the pipe."""
    os.setpgid(0, 0)
    kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGTERM)
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    for number, handler in ((signal.SIGTERM, _stop), (signal.SIGINT, _stop), (signal.SIGALRM, _too_long)):
        signal.signal(number, handler)
    kernel.private_mount_namespace()
    case, status = harness.Case(check.name, run), 1
    try:
        signal.alarm(CHECK_SECONDS)
        outcome, reason = _judge(check, case)
        signal.alarm(0)
        trace = [f"{' '.join(ran.words)} -> {ran.status} {ran.err.strip()[-300:]}".strip() for ran in case.trace]
        with os.fdopen(pipe, "w") as file:
            json.dump({"outcome": outcome, "reason": reason, "commands": trace}, file)
        status = 0
    except KeyboardInterrupt:
        pass
    finally:
        signal.alarm(0)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, signal.SIG_IGN)
        case.cleanup()
        os._exit(status)


class Worker:
    """The process that runs one check."""

    def __init__(self, check, run):
        self.check, self.began = check, time.monotonic()
        read, write = os.pipe()
        self.pid = os.fork()
        if self.pid == 0:
            os.close(read)
            _in_child(check, run, write)
        os.close(write)
        self.pipe = os.fdopen(read)

    def result(self):
        """The outcome, once the process has ended; None before."""
        if time.monotonic() - self.began > CHECK_SECONDS + GRACE_SECONDS:
            os.kill(self.pid, signal.SIGKILL)
        pid, _ = os.waitpid(self.pid, os.WNOHANG)
        if not pid:
            return None
        text = self.pipe.read()
        self.pipe.close()
        seconds = round(time.monotonic() - self.began, 3)
        if not text:
            return {"outcome": "fail", "reason": "the process of the check died", "commands": [], "seconds": seconds}
        return {**json.loads(text), "seconds": seconds}


def run_checks(checks, run, jobs, report):
    """Runs them, `jobs` at a time; calls report(number, check, result) in the order of the list."""
    kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)
    waiting, workers, results, printed = list(enumerate(checks, 1)), {}, {}, 0
    sys.stdout.flush()
    try:
        while waiting or workers:
            while waiting and len(workers) < jobs:
                number, check = waiting.pop(0)
                workers[number] = Worker(check, run)
            for number, worker in list(workers.items()):
                if result := worker.result():
                    results[number] = (workers.pop(number).check, result)
            while printed + 1 in results:
                printed += 1
                report(printed, *results[printed])
            time.sleep(0.002)
    except KeyboardInterrupt:
        for worker in workers.values():
            os.kill(worker.pid, signal.SIGINT)
        for worker in workers.values():
            os.waitpid(worker.pid, 0)
        raise
    return {check.name: result for check, result in results.values()}


# Output ---------------------------------------------------------------------------------------------


def _yaml(check, result):
    """The block that follows a line of TAP: what the spec says, what we saw, how to see it again."""
    lines = [f"spec: {check.spec}", f"says: {json.dumps(check.says)}", f"level: {check.level}",
             f"since: '{check.since}'", f"seen: {json.dumps(result['reason'])}", "commands:"]
    lines += [f"  - {json.dumps(command)}" for command in result["commands"]]
    return "".join(f"  {line}\n" for line in ["---", *lines, "..."])


def print_tap(number, check, result):
    outcome, reason = result["outcome"], " ".join(result["reason"].split())
    word = "not ok" if outcome in ("fail", "todo") else "ok"
    note = {"skip": f" # SKIP {reason}", "todo": f" # TODO {check.todo}"}.get(outcome, "")
    print(f"{word} {number} - {check.name}{note}")
    if outcome == "fail":
        print(_yaml(check, result), end="")
    sys.stdout.flush()


def tally(results):
    """(passed, failed, skipped); a failure that isn't held against a runtime counts as skipped."""
    outcomes = [result["outcome"] for result in results.values()]
    return outcomes.count("pass"), outcomes.count("fail"), outcomes.count("skip") + outcomes.count("todo")


def print_list(checks):
    for check in checks:
        print(f"{check.name}\n    {check.spec} ({check.level}, since {check.since}): {check.says}")
        if check.needs:
            print(f"    needs {', '.join(check.needs)}")
        if check.todo:
            print(f"    not counted: {check.todo}")


def version(program):
    """"runc-1.1.5" and the like, from the first line of --version: the name of a column and of peers.txt."""
    words = subprocess.run([program, "--version"], capture_output=True, text=True).stdout.split()
    return f"{words[0]}-{words[2].split('+')[0]}" if words[1:2] == ["version"] else os.path.basename(program)


def read_known(path):
    """peers.txt as [(version, pattern of checks, why)]: failures of other runtimes that were looked into."""
    with open(path) as file:
        lines = [line.split(None, 2) for line in file if line.strip() and not line.startswith("#")]
    return [(program, pattern, why.strip()) for program, pattern, why in lines]


def why_known(known, label, check):
    """The first line of peers.txt about a runtime and a check; both may be patterns."""
    for program, pattern, why in known:
        if fnmatch.fnmatch(label, program) and fnmatch.fnmatch(check.name, pattern):
            return why
    return None


def _notes(check, outcomes, peers, known):
    """What is to say about a row; `outcomes` is {label: outcome}."""
    notes = [f"since {check.since}"] if check.since != "1.0" else []
    failing = [label for label, outcome in outcomes.items() if outcome == "fail"]
    tried = [label for label in peers if outcomes[label] != "skip"]
    explained = {label: why for label in failing if (why := why_known(known, label, check))}
    if len(tried) > 1 and set(tried) <= set(failing) and not set(tried) <= set(explained):
        guess = "probably a wrong check" if check.since == "1.0" else "newer than they are?"
        notes.append(f"ALL PEERS FAIL: {guess}")
    for why in dict.fromkeys(explained.values()):
        notes.append(f"{', '.join(label for label in explained if explained[label] == why)}: {why}")
    return notes


def print_failures(checks, results):
    """The failures of one runtime, with what was seen: for under the table."""
    for check in checks:
        if results[check.name]["outcome"] == "fail":
            print(f"\nnot ok {check.name}\n{_yaml(check, results[check.name])}", end="")


def print_table(checks, columns, peers, known):
    """`columns` is {label: results}; `peers` the labels whose common failure makes a check suspicious."""
    widths = [max(len(check.name) for check in checks)] + [max(len(label), 4) for label in columns]

    def row(notes, *cells):
        line = "  ".join(str(cell).ljust(width) for cell, width in zip(cells, widths))
        print("  ".join([line, *(["; ".join(notes)] if notes else [])]).rstrip())

    row([], "check", *columns)
    for check in checks:
        outcomes = {label: results[check.name]["outcome"] for label, results in columns.items()}
        row(_notes(check, outcomes, peers, known), check.name, *outcomes.values())
    for index, word in enumerate(("passed", "failed", "skipped")):
        row([], word, *[tally(results)[index] for results in columns.values()])
