#!/usr/bin/env python3
"""What a terminal shows in the end of the bytes on stdin: its lines, with the redrawn ones as they were drawn last.

    screen.py <OUTPUT

Colours, titles and modes are passed over; what moves the cursor and isn't known here ends it.
"""

import re
import sys

SEQUENCE = re.compile(r"\x1b\[([?>]?)(\d*)(?:;\d*)*([A-Za-z])|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)|\x1b[=>]|(.)", re.DOTALL)
IGNORED = "mhltqnc"  # colours, modes, questions


class Screen:
    def __init__(self):
        self.lines, self.row, self.column = [[]], 0, 0

    def control(self, count, command):
        if command == "A":
            self.row = max(0, self.row - int(count or 1))
        elif command == "C":
            self.column += int(count or 1)
        elif command == "D":
            self.column = max(0, self.column - int(count or 1))
        elif command == "K" and count in ("", "0"):
            del self.lines[self.row][self.column:]
        elif command == "J" and count in ("", "0"):
            del self.lines[self.row][self.column:]
            del self.lines[self.row + 1:]
        else:
            sys.exit(f"screen.py: unknown sequence {count}{command}")

    def put(self, char):
        if char == "\r":
            self.column = 0
        elif char == "\b":
            self.column = max(0, self.column - 1)
        elif char == "\n":
            self.row += 1
            if self.row == len(self.lines):
                self.lines.append([])
        elif char != "\a":
            line = self.lines[self.row]
            line.extend(" " * (self.column - len(line)))
            line[self.column:self.column + 1] = [char]
            self.column += 1

    def shown(self):
        return ["".join(line) for line in self.lines]


def render(text):
    """The lines that a terminal shows after this text; the last one is that of the cursor, or below it."""
    screen = Screen()
    for match in SEQUENCE.finditer(text):
        mark, count, command, char = match.groups()
        if char:
            screen.put(char)
        elif command and not mark and command not in IGNORED:
            screen.control(count, command)
    return screen.shown()


if __name__ == "__main__":
    print("\n".join(render(sys.stdin.buffer.read().decode())).rstrip("\n"))
