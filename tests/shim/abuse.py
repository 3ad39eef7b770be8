"""What a monitor has to bear: full disks, floods, thousands of short lives: abuse.py SHIM [CASE...]."""

import os
import pathlib
import signal
import socket
import subprocess
import sys
import tempfile

import driver
from driver import Monitor, receive_all, unread, wait_until

EXECS = 5000
SOURCE = pathlib.Path(__file__).resolve().parents[2] / "bench/shim_runtime.c"


class SmallDisk:
    """A tmpfs of `size`, mounted while it is open."""

    def __init__(self, size):
        self.path = pathlib.Path(tempfile.mkdtemp(prefix="ocirt-shim-disk."))
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={size}", "none", self.path], check=True)

    def fill(self):
        """Until not a byte more fits."""
        with open(self.path / "filler", "ab", buffering=0) as filler:
            try:
                while True:
                    filler.write(bytes(4096))
            except OSError:
                pass

    def __enter__(self):
        return self

    def __exit__(self, *_):
        subprocess.run(["umount", "-l", self.path], check=True)
        self.path.rmdir()


def a_full_disk_under_the_exit_files_loses_no_code(program):
    for options in ((), ("--log-size-max", "0")):
        with SmallDisk("512k") as disk, Monitor(program, "read x; exit 11", options=("-i", *options),
                                                bundle=disk.path) as m:
            m.message()
            client = m.client()
            disk.fill()
            client.send(b"\n")
            assert m.exit_code() == "11"
            wait_until((m.persist / "exit").exists)
            assert (m.persist / "exit").read_text() == "11"
            m.wait_for_end()


def a_disk_full_of_the_log_leaves_room_for_the_code(program):
    with SmallDisk("512k") as disk, Monitor(program, "seq 1 100000; exit 12", bundle=disk.path) as m:
        assert m.exit_code() == "12"
        m.wait_for_end()
        assert (m.persist / "exit").read_text() == "12"


def a_flood_is_logged_to_the_last_byte(program):
    """200 MB, at more than 100 MB each second where the machine is not busy with other things."""
    with Monitor(program, "yes 0123456789abcdef 2>/dev/null | head -c 200000000; echo; echo last",
                 options=("--log-size-max", "0")) as m:
        m.message()
        wait_until((m.exits / driver.CID).exists, 60)
        count = size = 0
        with open(m.bundle / "log", "rb") as log:
            for line in log:
                _, _, tag, text = line.split(b" ", 3)
                count += tag == b"F"
                size += len(text) - (tag == b"P")  # whose newline is the log's own
        # `head` cut the last line off, which the first echo ended.
        assert size == 200_000_000 + 1 + 5, size
        assert count == 200_000_000 // 17 + 2, count


def bytes_written_one_by_one_make_whole_lines(program):
    payload = "for i in 1 2 3 4 5 6 7 8; do for c in a b c d e f; do printf $c; done; echo; done"
    with Monitor(program, payload) as m:
        m.exit_code()
        assert m.log() == [["stdout", "F", "abcdef"]] * 8, m.log()


def sizes_and_bytes_at_once(program):
    """Resizes storm in while a client types byte by byte."""
    # Without an echo, which would come between the bytes of cat's output.
    with Monitor(program, "stty -echo; echo ready; cat; stty size", options=("-t",)) as m:
        m.message()
        wait_until(lambda: "ready" in (m.bundle / "log").read_text())
        client = m.client()
        line = b"the quick brown fox " * 2 + b"\n"
        with open(m.bundle / "ctl", "w", encoding="ascii") as fifo:
            for index, byte in enumerate(line * 5):
                client.send(bytes([byte]))
                for rows in range(10):
                    fifo.write(f"1 {rows + 1} {index + 1}\n")
                fifo.flush()
            fifo.write("1 21 43\n")
            fifo.flush()
            wait_until(lambda: unread(fifo) == 0)  # one thread reads it: what is sent now comes later
        client.send(b"\x04")
        seen = receive_all(client)[2].replace("\r", "")
        assert seen.endswith(line.decode() * 5 + "21 43\n"), seen


def a_client_with_half_a_connection_still_hears(program):
    with Monitor(program, "cat; echo end; sleep 0.2; echo of it", options=("-i",)) as m:
        m.message()
        halves = [m.client() for _ in range(3)]
        halves[0].send(b"in\n")
        halves[0].shutdown(socket.SHUT_WR)
        for client in halves[1:]:
            client.shutdown(socket.SHUT_WR)
        for client in halves:
            assert receive_all(client)[2] == "in\nend\nof it\n"
        assert m.exit_code() == "0"


def clients_come_and_go_in_hundreds(program):
    with Monitor(program, "while :; do echo x; sleep 0.001; done") as m:
        m.message()
        for _ in range(300):
            m.client().close()
        last = m.client()
        assert last.recv(100)[0] == 2
        with open(f"/proc/{m.pid}/status", encoding="ascii") as status:
            assert "State:\tZ" not in status.read()
        wait_until(lambda: len(os.listdir(f"/proc/{m.pid}/fd")) < 25)
        os.kill(m.payload_pid, signal.SIGTERM)
        assert m.exit_code() == "143"


def thousands_of_commands_lose_no_code(program):
    """One after the other, as `exec` has them: the code on the sync pipe, and in the exit file."""
    with tempfile.TemporaryDirectory(dir="/dev/shm") as directory:
        bundle = pathlib.Path(directory)
        runtime = bundle / "runtime"
        subprocess.run(["cc", "-O2", "-static", "-o", runtime, SOURCE], check=True)
        for number in range(EXECS):
            ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
            theirs.set_inheritable(True)
            ours.settimeout(driver.LIMIT_S)
            code = number % 256
            environment = {"PATH": os.environ["PATH"], "PAYLOAD": f"exit {code}", "_OCI_SYNCPIPE": str(theirs.fileno())}
            pid = os.posix_spawn(program, [program, "--api-version", "-c", "c", "-u", "u", "-r", str(runtime), "-l", "none",
                                           "-b", directory, "-p", f"{directory}/pid", "--exit-dir", directory, "--full-attach",
                                           "-e", "--exec-process-spec", "/dev/null"], environment)
            theirs.close()
            os.waitpid(pid, 0)
            first, second = ours.recv(4096), ours.recv(4096)
            ours.close()
            assert b'"data": ' in first and second == b'{"data": %d}\n' % code, (number, first, second)
            assert (bundle / "c").read_text() == str(code), number
            (bundle / "c").unlink()


CASES = [value for name, value in list(globals().items())
         if callable(value) and getattr(value, "__module__", "") == __name__ and name[0].islower()]


if __name__ == "__main__":
    sys.exit(driver.report(CASES))
