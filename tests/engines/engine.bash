# shellcheck shell=bash
# What podman.bash and containerd.bash share, on top of tests/lib.sh.
source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
need_root

# Later calls of the engine get a terminal. The words are options of on_pty.py.
on_terminal() {
  PREFIX=(python3 "$TESTS/helpers/on_pty.py" "$@")
}
PREFIX=()

# A shim that is killed with its test leaves its socket, in a folder of containerd's that is nobody's in particular.
# shellcheck disable=SC2317  # called at the end
remove_shim_sockets() {
  local status=$? file
  trap - EXIT
  find "$WORK/containerd-state" -name address 2>/dev/null | while read -r file; do
    rm -f "$(sed 's,^unix://,,' "$file")"
  done
  (exit "$status")
  clean_up
}

# Splits `OPTION... -- WORD...` into OPTIONS and WORDS.
split_at_dashes() {
  OPTIONS=()
  while [ "$1" != -- ]; do
    OPTIONS+=("$1")
    shift
  done
  WORDS=("${@:2}")
}
