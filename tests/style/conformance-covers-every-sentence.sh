#!/bin/bash
# Every MUST of the runtime specification has a check in conformance/, or a reason why it has none.
source "$(dirname "$0")/house.bash"
command -v python3 >/dev/null || skip "no python3 here"
conformance/run --list | python3 -B conformance/sentences.py || finding "conformance/sentences.txt is not whole"
verdict
