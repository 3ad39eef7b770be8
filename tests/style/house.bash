# shellcheck shell=bash
# What the style tests and ./dev share: the lists of our files, and how a finding is told.
set -euo pipefail
export LC_ALL=C
SOURCE_ROOT=$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)
cd "$SOURCE_ROOT"

# The folder of the build under test: tests/run names its runtime.
# shellcheck disable=SC2034  # for the tests
BUILD=$(if [ -n "${OCIRT-}" ]; then dirname "$(dirname "$OCIRT")"; else echo build; fi)

FINDINGS=0

finding() {
  echo "$*"
  FINDINGS=$((FINDINGS + 1))
}

skip() {
  echo "$*"
  exit 77
}

# The last line of each test.
verdict() {
  [ "$FINDINGS" = 0 ] || { echo "$FINDINGS found"; exit 1; }
}

# Files of the tree that match, without what is built. Not by git: a checkout may belong to another user.
tree() {
  find . \( -name .git -o -name 'build*' -o -name __pycache__ \) -prune -o -type f "$@" -print |
    sed 's,^\./,,' | sort
}

c_sources() {
  tree \( -name '*.cpp' -o -name '*.h' -o -name '*.c' \)
}

# Of the files named on stdin, those whose first line matches. One process for all: a fork for each file took a
# minute.
first_line_matches() {
  tr '\n' '\0' | xargs -0 -r awk -v pattern="$1" 'FNR == 1 && $0 ~ pattern { print FILENAME } { nextfile }'
}

python_sources() {
  { tree -name '*.py'; tree ! -name '*.py' | first_line_matches '^#!.*python'; } | sort
}

shell_scripts() {
  tree | first_line_matches '^#!.*sh$|^# shellcheck shell='
}
