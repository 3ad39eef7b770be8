"""What ocirt-shim does where conmon stalls, loses or is silent: better_than_conmon.py SHIM [CASE...].

Each case is a function that fails by an assertion.
"""

import fcntl
import json
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time

import driver
from driver import Monitor, is_gone, receive_all, until_size, wait_until

EXEC = ("-e", "--exec-process-spec", "/dev/null")


def a_silent_failure_has_a_message(program):
    with Monitor(program, env={"FAIL_WITH": ""}) as m:
        assert "ended with status 1" in m.message()


def plugins_for_seccomp_are_refused(program):
    """conmon without libseccomp, as Debian builds it, ends without a word."""
    with Monitor(program, options=("--seccomp-notify-socket", "/none"), hold=True) as m:
        assert "seccomp" in m.message()
        assert m.process.wait() == 1


def a_terminal_is_passed_through(program):
    ours, theirs = os.openpty()
    stdio = {name: theirs for name in ("stdin", "stdout", "stderr")}
    with Monitor(program, "tty <&0 >&2; read x; echo got $x; exit 6", log="passthrough-tty", options=("-t",),
                 stdio=stdio) as m:
        name = os.ttyname(theirs)
        os.close(theirs)
        assert m.message() == '{"data": PID}\n'
        os.write(ours, b"word\n")
        assert m.exit_code() == "6"
        assert not [name for name in ("attach", "ctl", "winsz") if (m.bundle / name).exists()]
        seen = os.read(ours, 4096).decode()
        assert name in seen and "got word" in seen, seen
    os.close(ours)


def wrong_options_have_a_message(program):
    with Monitor(program, options=("--nonsense",), hold=True) as m:
        assert "unknown option" in m.message()
        assert m.process.wait() == 1


def the_record_has_more_than_a_number(program):
    with Monitor(program, "kill -TERM $$") as m:
        m.exit_code()
        record = json.loads((m.persist / "exit.json").read_text())
        assert (record["exitCode"], record["signal"], record["known"]) == (143, 15, True), record
        assert record["started"] <= record["finished"]


def clients_see_the_end_after_the_record(program):
    for _ in range(10):
        with Monitor(program, "read x; exit 7", options=("-i",)) as m:
            m.message()
            client = m.client()
            client.send(b"\n")
            receive_all(client)
            assert (m.exits / driver.CID).read_text() == "7"


def a_client_that_comes_first_sees_everything(program):
    for _ in range(20):
        options = (*EXEC, "--exec-attach")
        with Monitor(program, "echo quick", options=options, attach_pipe=True) as m:
            m.attach.recv(100)
            os.kill(m.pid, signal.SIGSTOP)
            client = m.client()
            m.go()
            os.kill(m.pid, signal.SIGCONT)
            assert receive_all(client)[2] == "quick\n"


def a_client_that_does_not_read_stalls_nobody(program):
    with Monitor(program, "read x; seq 1 400000; echo last", options=("-i",)) as m:
        m.message()
        stuck, reader = m.client(), m.client()
        stuck.send(b"\n")
        seen = receive_all(reader)[2]
        assert seen.endswith("400000\nlast\n"), seen[-50:]
        assert m.exit_code() == "0"
        texts = [text for _, _, text in m.log()]
        assert texts == [str(i) for i in range(1, 400001)] + ["last"]
        stuck.close()


def a_slow_client_loses_nothing(program):
    with Monitor(program, "read x; seq 1 400000", options=("-i",)) as m:
        m.message()
        client = m.client()
        client.send(b"\n")
        # More than the 1 MiB that may wait for a client, in lines with a prefix.
        wait_until(lambda: (m.bundle / "log").stat().st_size > 8_000_000)
        data = b""
        while packet := client.recv(65536):
            data += packet[1:]
        assert data.decode() == "".join(f"{i}\n" for i in range(1, 400001))


def a_stuck_client_is_told_what_it_missed(program):
    payload = "read x; seq 1 600000; read x; echo back"
    with Monitor(program, payload, options=("-i",)) as m:
        m.message()
        stuck, other = m.client(), m.client()
        stuck.send(b"\n")
        end = b""
        while not end.endswith(b"600000\n"):
            end = (end + other.recv(65536)[1:])[-100:]
        seen = {2: b"", 3: b""}
        while b"skipped" not in seen[3]:
            packet = stuck.recv(65536)
            seen[packet[0]] += packet[1:]
        other.send(b"\n")
        rest = receive_all(stuck)
        assert b"bytes of output skipped" in seen[3], seen[3]
        assert rest[2] == "back\n", rest


def other_clients_input_is_not_lost(program):
    for _ in range(5):
        with Monitor(program, "sleep 0.2; cat >all", options=("-i",)) as m:
            m.message()
            closing, other = m.client(), m.client()
            for _ in range(4):
                other.send(b"y" * 30000)
                closing.send(b"x" * 30000)
            closing.shutdown(socket.SHUT_WR)
            m.exit_code()
            seen = (m.bundle / "all").read_text()
            assert (seen.count("x"), seen.count("y")) == (120000, 120000), (seen.count("x"), seen.count("y"))


def input_comes_byte_by_byte(program):
    with Monitor(program, "cat", options=("-i",)) as m:
        m.message()
        client = m.client()
        text = bytes(range(33, 127)) * 20
        for byte in text:
            client.send(bytes([byte]))
        client.shutdown(socket.SHUT_WR)
        assert receive_all(client)[2].encode() == text


def garbage_in_ctl_harms_nobody(program):
    with Monitor(program, f"read x; {until_size(44, 55)}", options=("-t",)) as m:
        m.message()
        client = m.client()
        m.control("\0\xff"[:1] + "x" * 5000 + "\n1 1\n\n9 9 9\n1 70000 1\n1 44 55\n")
        client.send(b"\n")
        assert "44 55" in receive_all(client)[2]
        assert m.exit_code() == "0"


def a_storm_of_sizes_ends_with_the_last(program):
    with Monitor(program, f"read x; {until_size(61, 62)}", options=("-t",)) as m:
        m.message()
        client = m.client()
        with open(m.bundle / "ctl", "w", encoding="ascii") as fifo:
            for i in range(3000):
                fifo.write(f"1 {i % 100 + 1} 80\n")
            fifo.write("1 61 62\n")
        client.send(b"\n")
        assert "61 62" in receive_all(client)[2]


def a_full_disk_tears_no_line_and_loses_no_code(program):
    if os.getuid() != 0:
        return
    directory = tempfile.mkdtemp(prefix="ocirt-shim-test.")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", directory], check=True)
    try:
        payload = "seq 1 30000; read x; echo after; exit 9"
        with Monitor(program, payload, bundle=directory, options=("-i",)) as m:
            m.message()
            client = m.client()
            m.wait_for_rest()
            assert os.statvfs(directory).f_bavail == 0
            for line in (m.bundle / "log").read_text().splitlines():
                assert line.split(" ")[3].isdigit(), line
            client.send(b"\n")
            assert m.exit_code() == "9"
    finally:
        subprocess.run(["umount", "-l", directory], check=True)
        os.rmdir(directory)


def what_a_full_disk_lost_is_told(program):
    if os.getuid() != 0:
        return
    directory = tempfile.mkdtemp(prefix="ocirt-shim-test.")
    subprocess.run(["mount", "-t", "tmpfs", "-o", "size=256k", "none", directory], check=True)
    try:
        with Monitor(program, "seq 1 30000; read x; echo after", bundle=directory, options=("-i",)) as m:
            m.message()
            client = m.client()
            m.wait_for_rest()
            assert os.statvfs(directory).f_bavail == 0
            os.truncate(m.bundle / "log", 0)
            client.send(b"\n")
            m.exit_code()
            texts = [text for _, _, text in m.log()]
            assert "bytes of the log are lost" in texts[0] and texts[1] == "after", texts
    finally:
        subprocess.run(["umount", "-l", directory], check=True)
        os.rmdir(directory)


def rotation_keeps_every_line(program):
    options = ("--log-size-max", "20000", "--log-rotate", "--log-max-files", "400")
    with Monitor(program, "seq 1 20000", options=options) as m:
        m.exit_code()
        files = sorted((int(f.suffix[1:]) for f in m.bundle.glob("log.*")), reverse=True)
        texts = [text for name in [f"log.{n}" for n in files] + ["log"] for _, _, text in m.log(name)]
        assert texts == [str(i) for i in range(1, 20001)], (len(texts), files[:3])
        assert all(f.stat().st_size <= 20000 for f in m.bundle.glob("log*"))


def json_log_is_dockers(program):
    with Monitor(program, "echo 'a \"b\"'; echo err >&2", log="json-file:{}/log") as m:
        m.exit_code()
        records = [json.loads(line) for line in (m.bundle / "log").read_text().splitlines()]
        assert sorted((r["stream"], r["log"]) for r in records) == [("stderr", "err\n"), ("stdout", 'a "b"\n')]
        assert all(r["time"].endswith("Z") for r in records)


def two_logs_get_the_same(program):
    with Monitor(program, "echo both", options=("-l", "json-file:other")) as m:
        m.exit_code()
        assert m.log() == [["stdout", "F", "both"]]
        assert json.loads((m.bundle / "other").read_text())["log"] == "both\n"


def an_idle_monitor_never_wakes_up(program):
    with Monitor(program, "sleep 30", options=("-t",)) as m:
        m.message()

        def switches():
            with open(f"/proc/{m.pid}/status", encoding="ascii") as status:
                return [line for line in status if "ctxt_switches" in line]

        def sleeps_for(seconds):
            before = switches()
            time.sleep(seconds)  # the time in which nothing is to happen
            return switches() == before

        wait_until(lambda: sleeps_for(1.5))  # it gives memory back a while after it started
        assert sleeps_for(3)


def a_pipe_is_wide_while_much_comes(program):
    def size(m):
        with open(f"/proc/{m.payload_pid}/fd/1", "rb", buffering=0) as pipe:
            return fcntl.fcntl(pipe, fcntl.F_GETPIPE_SZ)

    with Monitor(program, "read x; head -c 2000000 /dev/zero; read x", options=("-i",)) as m:
        m.message()
        before = size(m)
        client = m.client()
        client.send(b"\n")
        wait_until(lambda: size(m) > before)
        wait_until(lambda: size(m) == before)


def a_killed_monitor_leaves_no_false_code(program):
    with Monitor(program, "sleep 30") as m:
        m.message()
        os.kill(m.pid, signal.SIGKILL)
        wait_until(lambda: is_gone(m.pid))
        assert not is_gone(m.payload_pid)
        payload = m.payload_pid
        os.kill(payload, signal.SIGKILL)
        wait_until(lambda: is_gone(payload))
        assert list(m.exits.iterdir()) == []


def a_monitor_killed_at_any_time_leaves_whole_files(program):
    for delay in range(0, 60, 5):
        with Monitor(program, "exit 3") as m:
            pid = m.pid
            time.sleep(delay / 1000)
            try:
                os.kill(pid, signal.SIGKILL)
            except ProcessLookupError:
                pass
            wait_until(lambda: is_gone(pid))
            for file in (m.exits / driver.CID, m.persist / "exit"):
                assert not file.exists() or file.read_text() == "3"


def quick_commands_lose_no_code(program):
    for i in range(60):
        with Monitor(program, f"exit {i % 100}", log="none", options=EXEC) as m:
            assert m.message() == '{"data": PID}\n'
            assert m.message() in ('{"data": %d}\n' % (i % 100), '{"data": PID}\n')
            assert m.exit_code() == str(i % 100)


def a_chatty_runtime_does_not_hang(program):
    with Monitor(program, env={"FAIL_WITH": "the reason", "FAIL_AFTER_BYTES": "200000"}) as m:
        message = m.message()
        assert "the reason" in message and len(message) < 8300


def orphans_are_reaped(program):
    with Monitor(program, "for i in 1 2 3 4 5; do (sleep 0.1 &) ; done; echo started; read x",
                 options=("-i",)) as m:
        m.message()
        wait_until(lambda: ["stdout", "F", "started"] in m.log())

        def children():
            return subprocess.run(["ps", "--ppid", str(m.pid), "-o", "pid="], check=False,
                                  capture_output=True, text=True).stdout.split()

        wait_until(lambda: children() == [str(m.payload_pid)])


CASES = [value for value in list(globals().values())
         if callable(value) and getattr(value, "__module__", "") == __name__]


if __name__ == "__main__":
    sys.exit(driver.report(CASES))
