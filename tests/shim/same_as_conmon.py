"""Runs the same cases against conmon and ours, and compares what happened: same_as_conmon.py CONMON SHIM."""

import os
import re
import signal
import socket
import subprocess
import sys
import time

import driver
from driver import Monitor, receive_all, until_size, wait_until


def exit_code_and_log(program):
    with Monitor(program, "echo out; echo err >&2; printf tail; exit 3") as m:
        got = [m.message(), m.exit_code(), sorted(m.log()), m.wait_for_end()]
        return got + [(m.persist / "exit").read_text(), (m.bundle / "ctl").exists(),
                      (m.bundle / "winsz").exists()]


def killed_by_a_signal(program):
    with Monitor(program, "kill -KILL $$") as m:
        return [m.message(), m.exit_code()]


def runtime_fails(program):
    with Monitor(program, env={"FAIL_WITH": 'no "such" thing\n\tat all\n'}) as m:
        return [m.message(), m.wait_for_end(), (m.exits / driver.CID).exists()]


def without_an_api_version(program):
    with Monitor(program, "exit 4", api=False) as m:
        return [m.message(), m.exit_code()]


def exec_session(program):
    spec = ("-e", "--exec-process-spec", "/dev/null")
    with Monitor(program, "exit 5", options=spec) as m:
        return [m.message(), m.message(), m.exit_code()]


def exec_session_without_an_api_version(program):
    spec = ("-e", "--exec-process-spec", "/dev/null")
    with Monitor(program, "exit 5", api=False, options=spec) as m:
        return [m.message(), m.exit_code()]


def exec_waits_for_its_client(program):
    options = ("-e", "--exec-process-spec", "/dev/null", "--exec-attach", "-i")
    with Monitor(program, "cat; echo bye >&2", options=options, attach_pipe=True) as m:
        attachable = m.attach.recv(100).decode()
        client = m.client()
        m.go()
        message = m.message()
        client.send(b"hello")
        client.shutdown(socket.SHUT_WR)
        return [attachable, message, receive_all(client), m.message(), m.exit_code()]


def nothing_happens_before_the_word(program):
    with Monitor(program, hold=True) as m:
        time.sleep(0.2)
        before = [(m.bundle / "monitor-pid").exists(), (m.bundle / "attach").exists()]
        m.start.close()
        return before + [m.message(), m.exit_code()]


def long_lines(program):
    with Monitor(program, "head -c 100000 /dev/zero | tr '\\0' x; echo; echo next") as m:
        m.exit_code()
        return m.log()


LINES = "for i in 1 2 3 4 5 6 7 8 9; do read x; echo line $i; done"


def log_size_limit(program):
    with Monitor(program, LINES, options=("-i", "--log-size-max", "200")) as m:
        m.step_through_lines(9)
        m.exit_code()
        return m.log()


def log_total_limit(program):
    with Monitor(program, LINES, options=("-i", "--log-global-size-max", "150")) as m:
        m.step_through_lines(9)
        m.exit_code()
        return m.log()


def no_log(program):
    with Monitor(program, "echo x", log="none") as m:
        return [m.message(), m.exit_code(), (m.bundle / "log").exists()]


def the_payload_has_the_monitors_own_stdio(program):
    pipes = {name: subprocess.PIPE for name in ("stdin", "stdout", "stderr")}
    with Monitor(program, "cat; echo err >&2; exit 9", log="passthrough", stdio=pipes) as m:
        message = m.message()
        before = [(m.bundle / name).exists() for name in ("attach", "ctl", "winsz", "log")]
        m.process.stdin.write(b"word\n")
        m.process.stdin.close()
        m.process.stdin = None
        # To their ends: the monitor has let go of them, too.
        return [message, before, m.process.stdout.read().decode(), m.process.stderr.read().decode(), m.exit_code()]


def a_checkpoint_is_restored(program):
    options = ("--restore", "/the/image", "--runtime-arg", "--root=/r", "--runtime-opt", "--tcp-established",
               "--no-new-keyring", "-s")
    with Monitor(program, 'echo "$RUNTIME_WORDS"; exit 5', options=options) as m:
        words = [m.message(), m.exit_code(), m.log()]
        return str(words).replace(str(m.bundle), "BUNDLE")


def log_is_reopened(program):
    with Monitor(program, "echo one; read x; echo two", options=("-i",)) as m:
        m.message()
        wait_until(lambda: m.log())
        os.rename(m.bundle / "log", m.bundle / "old")
        m.control("2 0 0\n")
        wait_until((m.bundle / "log").exists)
        m.client().send(b"\n")
        m.exit_code()
        return [m.log(), m.log("old")]


def time_is_over(program):
    with Monitor(program, "sleep 30", options=("--timeout", "1")) as m:
        return [m.message(), m.exit_code()]


def time_is_over_for_an_exec(program):
    options = ("-e", "--exec-process-spec", "/dev/null", "-T", "1")
    with Monitor(program, "sleep 30", api=False, sync=True, options=options) as m:
        return [m.message(), m.process.wait() != 0]


def in_the_foreground(program):
    with Monitor(program, "exit 6", sync=True) as m:
        return [m.message(), m.process.wait(), (m.bundle / "monitor-pid").exists()]


def stdin_is_closed_by_a_client(program):
    with Monitor(program, "sleep 0.3; cat", options=("-i",)) as m:
        m.message()
        client = m.client()
        for _ in range(20):
            client.send(b"x" * 5000)
        client.shutdown(socket.SHUT_WR)
        seen = receive_all(client)
        return [len(seen[2]), seen[3], m.exit_code()]


def stdin_stays_open(program):
    with Monitor(program, "cat", options=("-i", "--leave-stdin-open")) as m:
        m.message()
        first = m.client()
        first.close()
        second = m.client()
        second.send(b"still here")
        return second.recv(100).decode()


def many_clients(program):
    with Monitor(program, "read x; echo $x; echo err >&2", options=("-i",)) as m:
        m.message()
        clients = m.clients(9)
        clients[0].send(b"word\n")
        return [receive_all(client) for client in clients] + [m.exit_code()]


def terminal(program):
    payload = f"read x; {until_size(33, 77)}; echo to the end"
    with Monitor(program, payload, options=("-t",)) as m:
        m.message()
        client = m.client()
        m.control("1 33 77\n")
        client.send(b"go\n")
        return [receive_all(client)[2], m.exit_code()]


def early_resize_is_kept(program):
    options = ("-e", "--exec-process-spec", "/dev/null", "--exec-attach", "-t", "-i")
    with Monitor(program, until_size(12, 34), options=options, attach_pipe=True) as m:
        m.attach.recv(100)
        (client,) = m.clients(1)
        m.control("1 12 34\n")
        m.go()
        return [receive_all(client)[2], m.exit_code()]


def signals_go_to_the_payload(program):
    with Monitor(program, "sleep 30 & wait") as m:
        m.message()
        os.kill(m.pid, 15)
        return m.exit_code()


def grandchildren_hold_the_pipes(program):
    with Monitor(program, "sleep 1000 & echo $! >sleeper; echo done") as m:
        try:
            return [m.message(), m.exit_code(), m.log()]
        finally:
            os.kill(int((m.bundle / "sleeper").read_text()), signal.SIGKILL)


def stdout_is_closed_early(program):
    with Monitor(program, "exec >&- 2>&-; sleep 0.5; exit 8") as m:
        return [m.message(), m.exit_code()]


def exit_command(program):
    options = ("--exit-command", "/bin/sh", "--exit-command-arg", "-c", "--exit-command-arg",
               'cat exits/*; echo "[$1]" "[$2]" >told', "--exit-command-arg", "x", "--exit-command-arg", "",
               "--exit-command-arg", "--root")
    with Monitor(program, "exit 2", options=options) as m:
        m.message()
        m.wait_for_end()
        return (m.bundle / "told").read_text()


def readiness_is_passed_on(program):
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as host:
        path = f"/tmp/ocirt-shim-notify.{os.getpid()}"
        host.bind(path)
        host.settimeout(driver.LIMIT_S)
        try:
            bundle = driver.tempfile.mkdtemp(prefix="ocirt-shim-test.")
            os.mkdir(f"{bundle}/notify")
            with Monitor(program, "sleep 5", bundle=bundle, options=("--sdnotify-socket", path)) as m:
                m.message()
                with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as payload:
                    payload.sendto(b"READY=1", f"{bundle}/notify/notify.sock")
                return host.recv(100).decode().rstrip("\0")
        finally:
            os.unlink(path)


def mistakes(program):
    """Exit statuses of command lines that can't be right."""
    good = ["-c", "x", "-u", "y", "-r", "/bin/true", "-l", "none", "-b", "/tmp"]
    lines = [[], ["--nonsense"], good[2:], good[:2] + good[4:], good[:4] + good[6:], good[:6] + good[8:],
             [*good, "-l", "nonsense:x"], [*good, "-e"], [*good, "--exec-attach"], [*good, "-r", "/none"],
             [*good, "-e", "--restore", "/x", "--exec-process-spec", "/x"], [*good, "--timeout", "x"],
             [*good, "-l", "k8s-file"], ["--version"], ["--help"]]
    return [subprocess.run([program, *line], capture_output=True, check=False).returncode for line in lines]


def every_option_of_conmon_is_known(program):
    """What conmon's --help names, asked of both."""
    options = re.findall(r"(?:(-\w), )?(--[\w-]+)", subprocess.run(
        ["conmon", "--help"], capture_output=True, check=True, text=True).stdout)
    helps = subprocess.run([program, "--help"], capture_output=True, check=True, text=True).stdout
    missing = [pair for pair in options if f" {pair[1]} " not in helps + " " or pair[0] not in helps]
    return [len(options) > 30, missing]


CASES = [value for value in list(globals().values())
         if callable(value) and getattr(value, "__module__", "") == __name__]


if __name__ == "__main__":
    sys.exit(driver.compare(CASES, *sys.argv[1:3]))
