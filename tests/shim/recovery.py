"""What is left of a monitor that was killed, and what --recover makes of it: recovery.py SHIM [CASE...].

We are a subreaper here: the orphans of a dead monitor come to us, and are reaped when a case says so.
"""

import ctypes
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile

import driver
from driver import Monitor, is_gone, wait_until

PR_SET_CHILD_SUBREAPER = 36


class Left:
    """A monitor with --recovery-dir, killed by us."""

    def __init__(self, program, payload, options=(), **more):
        self.program = program
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-shim-recovery."))
        self.monitor = Monitor(program, payload, options=("--recovery-dir", str(self.directory), *options), **more)

    def kill_monitor(self):
        pid = self.monitor.pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_gone(pid))
        reap(pid)

    def kill_payload(self, number=signal.SIGKILL):
        pid = self.monitor.payload_pid
        os.kill(pid, number)
        wait_until(lambda: is_gone(pid))
        reap(pid)

    def recover(self):
        done = subprocess.run([self.program, "--recover", str(self.directory)], check=True, capture_output=True,
                              text=True)
        assert not done.stderr, done.stderr
        return done.stdout

    def record(self):
        return json.loads((self.monitor.persist / "exit.json").read_text())

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.monitor.close()
        for file in self.directory.iterdir():
            subprocess.run(["umount", "-q", str(file)], check=False)
        shutil.rmtree(self.directory)


def reap(pid):
    try:
        os.waitpid(pid, 0)
    except ChildProcessError:
        pass  # somebody else's


def the_kernel_tells():
    """Does it keep how a process ended (Linux 6.15), and may we mount what knows of it?"""
    release = tuple(int(number) for number in os.uname().release.split("-")[0].split(".")[:2])
    return release >= (6, 15) and os.getuid() == 0


def a_code_outlives_the_monitor(program):
    with Left(program, "read x; exit 42", options=("-i", "--exit-command", "/bin/sh", "--exit-command-arg", "-c",
                                                   "--exit-command-arg", 'cat exits/* >told; echo "$WHO" >>told; echo noise'),
              env={"WHO": "me"}) as left:
        m = left.monitor
        m.message()
        assert left.recover() == "unique monitored\n"
        os.chdir(m.bundle)
        # Its stdin ends with the monitor: the payload goes on to its exit.
        left.kill_monitor()
        reap(m.payload_pid)
        assert left.recover() == "unique 42\n"
        assert (m.exits / driver.CID).read_text() == (m.persist / "exit").read_text() == "42"
        assert (left.record()["exitCode"], left.record()["known"]) == (42, True)
        assert (m.bundle / "told").read_text() == "42me\n"
        assert not list(left.directory.iterdir())
        assert left.recover() == ""


def a_payload_that_runs_is_left_alone(program):
    with Left(program, "sleep 60") as left:
        left.monitor.message()
        left.kill_monitor()
        assert left.recover() == "unique running\n"
        assert not list(left.monitor.exits.iterdir())
        left.kill_payload(signal.SIGTERM)
        assert left.recover() == "unique 143\n"
        assert left.record()["signal"] == 15


def one_that_nobody_has_reaped_tells_its_code(program):
    with Left(program, "sleep 60") as left:
        left.monitor.message()
        left.kill_monitor()
        pid = left.monitor.payload_pid
        os.kill(pid, signal.SIGKILL)
        wait_until(lambda: is_gone(pid))
        assert left.recover() == "unique 137\n"
        reap(pid)


def without_the_mount_the_end_is_unknown(program):
    with Left(program, "sleep 60") as left:
        left.monitor.message()
        left.kill_monitor()
        subprocess.run(["umount", str(left.directory / "unique.payload")], check=True)
        assert left.recover() == "unique running\n"
        left.kill_payload()
        assert left.recover() == "unique unknown\n"
        assert (left.monitor.exits / driver.CID).read_text() == "-1"
        assert (left.record()["exitCode"], left.record()["known"]) == (-1, False)


def nothing_is_left_of_a_monitor_that_lives(program):
    with Left(program, "exit 3") as left:
        assert left.monitor.exit_code() == "3"
        left.monitor.wait_for_end()
        assert not list(left.directory.iterdir())


def what_others_could_write_is_refused(program):
    with Left(program, "exit 3") as left:
        left.monitor.exit_code()
        left.monitor.wait_for_end()
        left.directory.chmod(0o777)
        done = subprocess.run([program, "--recover", str(left.directory)], check=False, capture_output=True, text=True)
        assert done.returncode == 1 and "not ours alone" in done.stderr, done


def garbage_is_told_and_left(program):
    with Left(program, "exit 3") as left:
        left.monitor.exit_code()
        left.monitor.wait_for_end()
        (left.directory / "garbage").write_bytes(b"ocirt-shim recovery 1\npid=1\0")
        done = subprocess.run([program, "--recover", str(left.directory)], check=False, capture_output=True, text=True)
        assert done.returncode == 1 and "cut off" in done.stderr, done
        assert (left.directory / "garbage").exists()


def traced(tools, options, program):
    """A program that is `program` under strace with these options."""
    wrapper = pathlib.Path(tools) / "monitor"
    wrapper.write_text(f'#!/bin/sh\nexec strace {options} {program} "$@"\n')
    wrapper.chmod(0o755)
    return str(wrapper)


def system_calls(program, tools):
    """All of a monitor's life, each as (name, the how manieth of this name, was the engine told before?)."""
    trace = pathlib.Path(tools) / "trace"
    with Left(traced(tools, f"-qq -o {trace}", program), "exit 23", sync=True) as left:
        left.monitor.message()
        left.monitor.process.wait(driver.LIMIT_S)
    calls, counts, told = [], {}, False
    for name, rest in re.findall(r"^(\w+)\((.*)$", trace.read_text(), re.MULTILINE):
        counts[name] = counts.get(name, 0) + 1
        calls.append((name, counts[name], told))
        told = told or (name == "write" and "data" in rest)
    return calls


def a_death_at_any_system_call_loses_no_code(program):
    """strace kills the monitor at each call in turn. Who was told a pid gets the code."""
    if not shutil.which("strace"):
        return
    recovered = 0
    with tempfile.TemporaryDirectory() as tools:
        calls = system_calls(program, tools)
        chosen = [call for index, call in enumerate(calls) if call[2] or index % 8 == 0]
        assert len([call for call in chosen if call[2]]) > 30, chosen
        for name, number, _ in chosen[1:]:
            where = f"{name}:signal=KILL:when={number}"
            with Left(traced(tools, f"-qq -o /dev/null -e inject={where}", program), "exit 23", sync=True) as left:
                left.program = program
                m = left.monitor
                message = m.message()
                m.process.wait(driver.LIMIT_S)
                if not message:
                    left.recover()
                    continue
                assert message == '{"data": PID}\n', message
                reap(m.payload_pid)
                outcome = left.recover()
                assert outcome in ("", "unique 23\n"), (where, outcome)
                recovered += outcome != ""
                for file in (m.exits / driver.CID, m.persist / "exit"):
                    assert file.read_text() == "23", (where, file)
                assert left.record()["exitCode"] == 23, (where, left.record())
                assert not list(left.directory.iterdir()), where
    assert recovered > 20, recovered


CASES = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == __name__ and name[0].islower()
         and name not in ("reap", "the_kernel_tells", "traced", "system_calls", "main")]


def main():
    if not the_kernel_tells():
        print("needs root and Linux 6.15, which keeps how a process ended")
        return 77
    ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    return driver.report(CASES)


if __name__ == "__main__":
    sys.exit(main())
