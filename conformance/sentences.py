#!/usr/bin/env python3
"""Holds sentences.txt to its word: every MUST of the specification has a check, or the reason why not.

    conformance/sentences.py [CHECK ...]        the checks exist (names on stdin: conformance/run --list),
                                                and no sentence is missing or changed
    conformance/sentences.py --spec FOLDER      compares with the specification's own text, version 1.3.0
                                                (go mod download github.com/opencontainers/runtime-spec@v1.3.0)
"""

import argparse
import fnmatch
import hashlib
import pathlib
import re
import sys

LIST = pathlib.Path(__file__).resolve().parent / "sentences.txt"
DOCUMENTS = ("bundle.md", "runtime.md", "runtime-linux.md", "config.md", "config-linux.md", "features.md",
             "features-linux.md")
# Of what sentences_of() finds in the documents: the list is whole if its own sentences have this digest.
DIGEST = "08d5193e0fdf2ded8f0dc9b55bd800114cb6c72af582c6003ca962e5e3686ac2"


def sentences_of(folder):
    """Each line of the documents that obliges somebody, as "FILE:LINE TEXT"; examples are left out."""
    for name in DOCUMENTS:
        in_example = False
        for number, line in enumerate((folder / name).read_text().splitlines(), 1):
            in_example ^= line.startswith("```")
            if not in_example and re.search(r"\b(MUST|REQUIRED|SHALL)\b", line):
                text = re.sub(r"\s+", " ", re.sub(r"\]\([^)]*\)", "]", line)).strip()
                yield f"{name}:{number} {text}"


def read_list():
    """[(sentence, what follows it)]"""
    entries = []
    for line in LIST.read_text().splitlines():
        if line.startswith("    "):
            entries[-1][1].append(line.strip())
        elif line and not line.startswith("#"):
            entries.append((line, []))
    return entries


def digest(sentences):
    return hashlib.sha256("\n".join(sentences).encode()).hexdigest()


def problems(entries, names):
    if digest([sentence for sentence, _ in entries]) != DIGEST:
        yield "the sentences are not those of the specification: compare with --spec"
    for sentence, words in entries:
        where = sentence.split(" ", 1)[0]
        if len(words) != 1:
            yield f"{where}: one line of checks, or of a reason, must follow"
        elif not words[0].startswith("- "):
            for pattern in words[0].split():
                if not fnmatch.filter(names, pattern):
                    yield f"{where}: no check is called {pattern}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--spec", type=pathlib.Path)
    options = parser.parse_args()
    entries = read_list()
    if options.spec:
        wanted, listed = list(sentences_of(options.spec)), [sentence for sentence, _ in entries]
        found = [f"missing: {line}" for line in wanted if line not in listed]
        found += [f"not in the specification: {line}" for line in listed if line not in wanted]
        found += [] if digest(wanted) == DIGEST else [f"the digest is {digest(wanted)}"]
    else:
        names = [line.strip() for line in sys.stdin if line.strip() and not line.startswith(" ")]
        found = list(problems(entries, names))
    print(*found, sep="\n", end="\n" if found else "")
    unchecked = sum(words[0].startswith("- ") for _, words in entries if words)
    print(f"{len(entries)} sentences, {len(entries) - unchecked} with checks, {unchecked} without, {len(found)} problems")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
