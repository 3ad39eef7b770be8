# shellcheck shell=bash
# What podman.bash and containerd.bash share, on top of tests/lib.sh.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_root

# Later calls of the engine get a terminal. The words are options of on_pty.py.
on_terminal() {
  PREFIX=(python3 "$TESTS/helpers/on_pty.py" "$@")
}
PREFIX=()

# Splits `OPTION... -- WORD...` into OPTIONS and WORDS.
split_at_dashes() {
  OPTIONS=()
  while [ "$1" != -- ]; do
    OPTIONS+=("$1")
    shift
  done
  WORDS=("${@:2}")
}
