#!/usr/bin/env python3
"""Types the commands of a session into a shell on a terminal, and compares what is shown with what the session shows.

    follow.py SESSION [--program NAME] [--record FILE] -- SHELL [ARGUMENT...]

A SESSION is what one sees: prompts, what is typed after them, what is printed. The shell's prompt is "> "; a
container's is "root@ID:DIRECTORY# "; ">>> " is Python's. After each comes what is typed, or ^D for the key.
A line that begins with "##" is about the session itself. In what is printed:

    <id>, <id:NAME>     12 digits of an id; of the same id where the NAME is the same
    <ID>, <ID:NAME>     all 64 digits
    <size>, <age>       as programs write them for people: 1.2 MB, 3 minutes ago
    <any>               anything on the line
    <lines>             alone on a line: any number of lines

Two blanks or more are as good as any number: tables are as wide as what is in them. Nothing is typed before the prompt
has come, so no time matters, but a prompt that doesn't come within 20 s of silence is an error. "ocictl" is another NAME
where --program says so. --record writes down what was really shown. Exits with 1 if something else was shown.
"""

import difflib
import fcntl
import os
import pty
import re
import select
import struct
import sys
import termios

from screen import render

PROMPT = re.compile(r"^(> |>>> |root@(?:<id[^>]*>|[\w.-]+):[^#]*# )(.*)$")
AGE = r"(?:Less than a second|About an? (?:minute|hour)|\d+ (?:second|minute|hour|day|week|month|year)s?)(?: ago)?"
MASKS = {"size": r"\d+(?:\.\d+)? ?[kMG]?i?B", "age": AGE, "any": r".*?"}
PATIENCE_S = 20
SIZE = (40, 200)  # wide enough that nothing is wrapped


class Step:
    """One thing typed: the prompt it is typed after, and the lines that it shows."""

    def __init__(self, prompt, typed):
        self.prompt, self.typed, self.expected = prompt, typed, []


def read_session(path, program):
    steps = []
    with open(path, encoding="utf-8") as file:
        for line in file.read().splitlines():
            line = re.sub(r"\bocictl\b", program, line)
            match = PROMPT.match(line)
            if line.startswith("##"):
                continue
            if match:
                steps.append(Step(*match.groups()))
            elif steps:
                steps[-1].expected.append(line)
            elif line:
                sys.exit(f"{path}: what shows this? {line}")
    for step in steps:  # blank lines between commands are for the reader
        while step.expected and not step.expected[-1].strip():
            step.expected.pop()
    return steps


class Names:
    """What <id:NAME> has meant so far."""

    def __init__(self):
        self.known = {}

    def pattern(self, line):
        """The line as a regular expression, and the names of its groups."""
        out, names = "", []
        for part in re.split(r"(<(?:id|ID|size|age|any)(?::\w+)?>)", squeeze(line)):
            kind, _, name = part[1:-1].partition(":")
            if not re.fullmatch(r"<\w+(:\w+)?>", part):
                out += re.escape(part)
            elif kind in MASKS:
                out += MASKS[kind]
            else:
                digits = 12 if kind == "id" else 64
                known = self.known.get(name, "")[:digits]
                names.append(name)
                out += f"({known}[0-9a-f]{{{digits - len(known)}}})"
        return out, names

    def matches(self, expected, shown):
        pattern, names = self.pattern(expected)
        match = re.fullmatch(pattern, squeeze(shown))
        if match:
            for name, value in zip(names, match.groups()):
                self.known[name] = max(value, self.known.get(name, ""), key=len) if name else ""
        return match is not None


def squeeze(line):
    return re.sub(r" {2,}", "  ", line.rstrip())


def fits(names, expected, shown):
    if not expected:
        return not shown
    if expected[0] == "<lines>":
        return any(fits(names, expected[1:], shown[count:]) for count in range(len(shown) + 1))
    return bool(shown) and names.matches(expected[0], shown[0]) and fits(names, expected[1:], shown[1:])


class Terminal:
    def __init__(self, command):
        self.pid, self.fd = pty.fork()
        if self.pid == 0:
            fcntl.ioctl(0, termios.TIOCSWINSZ, struct.pack("HHHH", *SIZE, 0, 0))
            os.execvp(command[0], command)

    def type(self, text):
        os.write(self.fd, text.encode())

    def read_to(self, is_prompt):
        """Reads on until the line of the cursor is the prompt. Returns the lines before it, and it.

        At the end of all, all lines and ""; if nothing has come for too long, all lines and None.
        """
        data = b""
        while True:
            lines = render(data.decode(errors="replace"))
            if is_prompt(lines[-1]):
                return lines[:-1], lines[-1]
            if not select.select([self.fd], [], [], PATIENCE_S)[0]:
                return lines, None
            try:
                data += os.read(self.fd, 65536)
            except OSError:
                return lines, ""


def prompt_test(names, prompt):
    return lambda line: line.endswith(" ") and names.matches(prompt, line)


def follow(steps, terminal, record):
    """Returns how many steps have shown something else."""
    names, wrong = Names(), 0
    lines, prompt = terminal.read_to(prompt_test(names, steps[0].prompt))
    for step, following in zip(steps, [*steps[1:], Step("> ", "")]):
        if not prompt:
            print(f"there is no prompt {step.prompt!r} to type {step.typed!r} after, but:\n  " + "\n  ".join(lines))
            return wrong + 1
        terminal.type("\x04" if step.typed == "^D" else step.typed + "\n")
        shown_prompt = prompt
        lines, prompt = terminal.read_to(prompt_test(names, following.prompt))
        shown = [line.rstrip() for line in lines[1:]]  # the first one is the echo of what was typed
        record.write(f"{shown_prompt}{step.typed}\n" + "".join(line + "\n" for line in shown))
        if not fits(names, step.expected, shown):
            wrong += 1
            print(f"another thing is shown by: {step.prompt}{step.typed}\n  "
                  + "\n  ".join(difflib.ndiff(step.expected, shown)))
    terminal.type("\x04")
    lines, end = terminal.read_to(lambda line: False)
    if end is None:
        print("something keeps the terminal open after the shell's end")
    return wrong + (end is None)


def main():
    words, program, record = sys.argv[1:], "ocictl", os.devnull
    dashes = words.index("--")
    session, options, command = words[0], words[1:dashes], words[dashes + 1:]
    while options:
        if options[0] == "--program":
            program = options[1]
        elif options[0] == "--record":
            record = options[1]
        else:
            sys.exit(__doc__)
        options = options[2:]
    steps = read_session(session, program)
    with open(record, "w", encoding="utf-8") as file:
        sys.exit(1 if follow(steps, Terminal(command), file) else 0)


if __name__ == "__main__":
    main()
