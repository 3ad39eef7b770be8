#!/usr/bin/env python3
"""What a terminal shows in the end of the bytes on stdin: its lines, with the redrawn ones as they were drawn last.

    screen.py <OUTPUT
"""

import re
import sys


def main():
    lines, row, column = [[]], 0, 0
    text = sys.stdin.buffer.read().decode()
    for match in re.finditer(r"\x1b\[(\d*)([A-Za-z])|(.)", text, re.DOTALL):
        count, command, char = match.groups()
        if command == "A":
            row = max(0, row - int(count or 1))
        elif command == "K":
            del lines[row][column:]
        elif command:
            sys.exit(f"screen.py: unknown sequence {command}")
        elif char == "\r":
            column = 0
        elif char == "\n":
            row += 1
            if row == len(lines):
                lines.append([])
        else:
            lines[row].extend(" " * (column - len(lines[row])))
            lines[row][column:column + 1] = [char]
            column += 1
    print("\n".join("".join(line) for line in lines).rstrip("\n"))


main()
