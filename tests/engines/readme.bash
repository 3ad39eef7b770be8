# shellcheck shell=bash
# For tests that do what the README says, word for word: in a mount namespace of their own, where ocirt is in
# /usr/bin, engines find the configuration that their page in docs/engines names, and everything that they keep
# is the test's.
#
#   source "$(dirname "$0")/readme.bash"
#   configure FILE            what /etc/FILE is to hold, from stdin
#   enter_world               where that is so
#   do_as_written 'ctr run'   the README's line that starts so; keeps STATUS, STDOUT and STDERR

[ "$(id -u)" = 0 ] || { echo "needs root"; exit 77; }
[ -n "${OCIRT_OWN_MOUNTS-}" ] ||
  OCIRT_OWN_MOUNTS=1 exec unshare --mount --propagation slave bash "$0"
unset OCIRT_OWN_MOUNTS

source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
ENGINES=$TESTS/../docs/engines

configure() {
  mkdir -p "$(dirname "$WORK/etc/$1")"
  cat >"$WORK/etc/$1"
}

enter_world() {
  local directory
  mkdir -p "$WORK/usr" "$WORK/written"
  cp "$OCIRT" "$WORK/usr/ocirt"
  mount -t overlay -o "lowerdir=$WORK/usr:/usr/bin" none /usr/bin || skip "no overlay file system here"
  mount -t tmpfs none "$WORK/written"
  mkdir "$WORK/written/etc" "$WORK/written/work"
  mount -t overlay -o "lowerdir=$WORK/etc:/etc,upperdir=$WORK/written/etc,workdir=$WORK/written/work" none /etc
  for directory in /run /var/lib; do mount -t tmpfs none "$directory"; done
}

do_as_written() {
  local line
  line=$(grep -m 1 "^$1" "$TESTS/../README.md") || fail "the README has no line that starts with '$1'"
  read -ra words <<<"$line"
  keep_output_of "${words[@]}"
}

# Engines put containers into cgroups that stay, and are nobody's in particular.
remove_cgroup() {
  find /sys/fs/cgroup -depth -type d -path "/sys/fs/cgroup*/$1" -exec rmdir {} \; 2>/dev/null || true
}
