# shellcheck shell=bash
# What every shell test shares: a bundle, the runtime under test, assertions, and cleaning up.
#
#   source "$(dirname "$0")/../lib.sh"
#   new_bundle
#   payload echo hello
#   run_container
#   expect_status 0
#   expect_stdout hello
#
# A test is one behaviour. It passes with 0, skips with 77 and fails otherwise; tests/run runs them all.
# Names in capitals are for the test to read: OCIRT ID BUNDLE ROOTFS CONFIG WORK STATE_ROOT, and of the
# latest call STATUS STDOUT STDERR.

set -euo pipefail
export LC_ALL=C
exec </dev/null

TESTS=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source "$TESTS/helpers/plain_user.sh"
source "$TESTS/helpers/debian.sh"

# Builds what all tests copy: a rootfs of busybox and the helpers. Runs once per run of tests/run.
prepare_fixture() {
  local to=$1 busybox applet
  mkdir -p "$to/rootfs"/{bin,dev,etc,proc,sys,tmp,root,usr/bin,var} "$to/bin"
  busybox=$(command -v busybox) || skip "no busybox (package busybox-static)"
  cp "$busybox" "$to/rootfs/bin/busybox"
  for applet in $("$busybox" --list); do
    [ "$applet" = busybox ] || ln -s busybox "$to/rootfs/bin/$applet"
  done
  chmod 1777 "$to/rootfs/tmp"
  printf 'root:x:0:0:root:/root:/bin/sh\n' >"$to/rootfs/etc/passwd"
  printf 'root:x:0:\n' >"$to/rootfs/etc/group"
  cc -O1 -static -o "$to/rootfs/bin/probe" "$TESTS/helpers/probe.c"
  cc -O1 -static -o "$to/rootfs/bin/spy" "$TESTS/helpers/spy.c"
  cc -O2 -o "$to/bin/racer" "$TESTS/helpers/racer.c"
  chmod -R go+rX "$to"
}

# --- ending ---------------------------------------------------------------------------------------

fail() {
  printf 'FAIL: %s\n' "$*" >&2
  [ -z "${CALL-}" ] || printf '  last call: %s\n  status: %s\n  stdout: %s\n  stderr: %s\n' \
    "$CALL" "${STATUS-}" "${STDOUT-}" "${STDERR-}" >&2
  exit 1
}

skip() {
  echo "$*"
  exit 77
}

need_root() {
  [ "$(id -u)" = 0 ] || skip "needs root"
}

need_command() {
  command -v "$1" >/dev/null || skip "needs the command $1"
}

# For what other runtimes, against which the tests are checked, do otherwise or not at all.
ocirt_only() {
  case $("$OCIRT" --version 2>&1) in
    ocirt\ *) ;;
    *) skip "not asked of other runtimes: $*" ;;
  esac
}

# The processes of this test's containers: those whose root is below WORK, and runtimes that have our mark in
# their environment. Nobody else's process may ever match, since cleaning up kills what is listed.
container_pids() {
  { grep -lsE "^[^ ]+ [^ ]+ [^ ]+ [^ ]*/${WORK##*/}/[^ ]* / " /proc/[0-9]*/mountinfo
    grep -lsazxF "OCIRT_TEST_MARK=$WORK" /proc/[0-9]*/environ
  } | cut -d/ -f3 || true
}

live_container_pids() {
  local pid
  for pid in $(container_pids | sort -un); do
    if grep -qs '^State:[[:space:]]*[^ZX[:space:]]' "/proc/$pid/status"; then echo "$pid"; fi
  done
}

container_cgroups() {
  find /sys/fs/cgroup -depth -type d -path "*$TAG*" 2>/dev/null || true
}

mounts_below_work() {
  awk -v dir="$WORK/" 'index($5, dir) == 1 { print $5 }' /proc/self/mountinfo | tac
}

clean_up() {
  local status=$? pid dir point
  trap - EXIT
  set +e
  for pid in "${HELPER_PIDS[@]}"; do kill -KILL "$pid"; done 2>/dev/null
  # First the processes, among them any call of the runtime that hangs: deleting might wait for them.
  for pid in $(live_container_pids); do kill -KILL "$pid"; done 2>/dev/null
  for dir in "$STATE_ROOT"/*/; do
    [ ! -d "$dir" ] || "${RUN_AS[@]}" "$OCIRT" --root "$STATE_ROOT" delete --force "$(basename "$dir")"
  done >/dev/null 2>&1
  for dir in $(container_cgroups); do
    for pid in $(cat "$dir/cgroup.procs" 2>/dev/null); do kill -KILL "$pid"; done 2>/dev/null
    eventually rmdir "$dir" 2>/dev/null
  done
  for point in $(mounts_below_work); do umount -l "$point"; done
  chattr -i -R "$WORK" 2>/dev/null
  rm -rf --one-file-system "$WORK"
  exit "$status"
}

# --- waiting --------------------------------------------------------------------------------------

# Repeats a command until it succeeds, for at most 10 s.
eventually() {
  local deadline=$((SECONDS + 10))
  until "$@" 2>/dev/null; do
    [ "$SECONDS" -lt "$deadline" ] || return 1
    sleep 0.01
  done
}

wait_until() {
  eventually "$@" || fail "never came true: $*"
}

has_status() {
  [ "$("$OCIRT" --root "$STATE_ROOT" state "$1" 2>/dev/null | jq -r .status)" = "$2" ]
}

wait_for_status() {
  wait_until has_status "$ID" "$1"
}

# Starts a helper in the background; HELPER is its pid. It is killed at the end of the test.
spawn() {
  "$@" &
  HELPER=$!
  HELPER_PIDS+=("$HELPER")
}

# Exchanges two names in a tight loop until the test ends.
start_racer() {
  spawn "$FIXTURE/bin/racer" "$1" "$2"
  disown "$HELPER"
}

# --- bundles --------------------------------------------------------------------------------------

# Makes a bundle with its own rootfs, and an id. With a name, a second and third one.
new_bundle() {
  BUNDLE=$WORK/bundle${1:+-$1}
  ID=$TAG${1:+-$1}
  ROOTFS=$BUNDLE/rootfs
  CONFIG=$BUNDLE/config.json
  mkdir "$BUNDLE"
  cp -a "$FIXTURE/rootfs" "$ROOTFS"
  cp "$TESTS/helpers/config.json" "$CONFIG"
  [ "$(id -u)" = 0 ] || become_ourselves
}

# config '.hostname = "x"' edits config.json with jq; more words are jq's options.
config() {
  local filter=$1
  shift
  jq "$@" "$filter" "$CONFIG" >"$CONFIG.new" && mv "$CONFIG.new" "$CONFIG"
}

# A cgroup that can get any controller, wherever we are ourselves: at the top of the tree.
own_cgroup_path() {
  config '.linux.cgroupsPath = "/" + $id' --arg id "$ID"
}

# Sets the command that the container runs.
payload() {
  jq '.process.args = $ARGS.positional' "$CONFIG" --args -- "$@" >"$CONFIG.new" &&
    mv "$CONFIG.new" "$CONFIG"
}

# Makes the bundle's root a layer, LAYER, beside empty directories upper/ and work/.
layered_root() {
  LAYER=$WORK/layer
  mv "$ROOTFS" "$LAYER"
  mkdir "$ROOTFS" "$WORK/upper" "$WORK/work"
}

# The root as an overlay, by the annotation; its value is written as jq has it.
overlay_root() {
  config ".root.readonly = false | .annotations[\"io.ocirt.rootfs.overlay\"] = ($1 | tojson)"
}

# add_mount DESTINATION TYPE SOURCE [OPTION...] appends a mount to config.json.
add_mount() {
  jq '.mounts += [{destination: $ARGS.positional[0], type: $ARGS.positional[1],
      source: $ARGS.positional[2], options: $ARGS.positional[3:]}]' \
    "$CONFIG" --args -- "$@" >"$CONFIG.new" && mv "$CONFIG.new" "$CONFIG"
}

without_namespace() {
  config '.linux.namespaces |= map(select(.type != $type))' --arg type "$1"
}

# --- the runtime ----------------------------------------------------------------------------------

# Calls the runtime, and keeps its STATUS, STDOUT and STDERR. Output goes to files, not pipes: a detached
# container may keep them open. GLOBALS holds more global options, RUN_AS a prefix such as a user.
ocirt() {
  keep_output_of "${RUN_AS[@]}" env OCIRT_TEST_MARK="$WORK" "$OCIRT" --root "$STATE_ROOT" "${GLOBALS[@]}" "$@"
  CALL="ocirt $*"
}

keep_output_of() {
  CALL_NUMBER=$((CALL_NUMBER + 1))
  OUT_FILE=$WORK/out.$CALL_NUMBER
  ERR_FILE=$WORK/err.$CALL_NUMBER
  CALL="$*"
  STATUS=0
  "$@" >"$OUT_FILE" 2>"$ERR_FILE" || STATUS=$?
  read_output
}

read_output() {
  STDOUT=$(tr -d '\0' <"$OUT_FILE")
  STDERR=$(tr -d '\0' <"$ERR_FILE")
}

# Runs the container to its end.
run_container() {
  ocirt run --bundle "$BUNDLE" "$@" "$ID"
}

# Creates the container, and insists. What its payload prints comes in CONTAINER_OUT and CONTAINER_ERR.
create_container() {
  ocirt create --bundle "$BUNDLE" "$@" "$ID"
  expect_status 0
  CONTAINER_OUT=$OUT_FILE
  CONTAINER_ERR=$ERR_FILE
}

# Creates and starts a container that stays: for the verbs that need a running one.
start_container() {
  create_container "$@"
  ocirt start "$ID"
  expect_status 0
}

# `start` may return a moment before the payload is executed.
wait_for_program() {
  wait_until grep -qsx "$1" "/proc/$(container_pid)/comm"
}

container_pid() {
  "${RUN_AS[@]}" "$OCIRT" --root "$STATE_ROOT" state "$ID" | jq -r .pid
}

# cgroup_value CONTROLLER FILE_OF_V1 FILE_OF_V2: what that file of the container's cgroup says.
cgroup_value() {
  local pid path
  pid=$(container_pid)
  path=$(awk -F: -v c="$1" '$2 == c || $2 ~ "(^|,)" c "(,|$)" { print $3 }' "/proc/$pid/cgroup")
  if [ -n "$path" ]; then
    cat "/sys/fs/cgroup/$1$path/$2"
  else
    path=$(awk -F: '$1 == 0 { print $3 }' "/proc/$pid/cgroup")
    cat "/sys/fs/cgroup${path%/container}/$3"
  fi
}

# expect_cgroup CONTROLLER FILE_OF_V1 VALUE FILE_OF_V2 VALUE
expect_cgroup() {
  local now
  now=$(cgroup_value "$1" "$2" "$4")
  [ "$now" = "$3" ] || [ "$now" = "$5" ] || fail "$2 or $4: expected '$3' or '$5', got '$now'"
}

# Everything that was printed so far by the container that create_container made.
container_output() {
  cat "$CONTAINER_OUT" "$CONTAINER_ERR"
}

# --- assertions -----------------------------------------------------------------------------------

expect_status() {
  [ "$STATUS" = "$1" ] || fail "expected status $1, got $STATUS"
}

expect_failure() {
  [ "$STATUS" != 0 ] || fail "expected a failure, got status 0"
}

expect_equal() {
  [ "$1" = "$2" ] || fail "${3:-value}: expected '$2', got '$1'"
}

expect_stdout() {
  expect_equal "$STDOUT" "$1" stdout
}

expect_stdout_contains() {
  case $STDOUT in *"$1"*) ;; *) fail "stdout lacks '$1'" ;; esac
}

expect_stdout_lacks() {
  case $STDOUT in *"$1"*) fail "stdout contains '$1'" ;; esac
}

# Letter case does not matter (texts that engines match by case have tests of their own), nor whether a
# runtime's log escapes quotes.
expect_error_contains() {
  expect_failure
  sed 's/\\"/"/g' <<<"$STDERR" | grep -iF -- "$1" >/dev/null || fail "stderr lacks '$1'"
}

expect_error_matches() {
  expect_failure
  sed 's/\\"/"/g' <<<"$STDERR" | grep -iE -- "$1" >/dev/null || fail "stderr does not match '$1'"
}

expect_silence() {
  [ -z "$STDOUT$STDERR" ] || fail "expected no output"
}

# Nothing remains of the container: state, cgroup, mount or process.
expect_no_leftovers() {
  [ ! -e "$STATE_ROOT/$ID" ] || fail "state directory left: $(ls -lA "$STATE_ROOT/$ID")"
  eventually no_words container_cgroups || fail "cgroups left: $(container_cgroups)"
  eventually no_words live_container_pids ||
    fail "processes left: $(for pid in $(live_container_pids); do ps -o pid=,args= -p "$pid"; done)"
  expect_equal "$(mounts_below_work)" "$MOUNTS_AT_START" "mounts below $WORK"
}

no_words() {
  [ -z "$("$@")" ]
}

# --- the host's canary ----------------------------------------------------------------------------

# A tree on the host that no container may change: compare what snapshot_tree prints.
make_canary() {
  CANARY=$WORK/canary
  mkdir -p "$CANARY"/{empty,full/sub}
  for name in ptmx f full/a full/sub/b null console; do echo "canary $name" >"$CANARY/$name"; done
  chmod 644 "$CANARY/f"
  CANARY_BEFORE=$(snapshot_tree "$CANARY")
}

snapshot_tree() {
  find "$1" -printf '%P %y %i %m %U:%G %s %T@ %l\n' | sort
  find "$1" -type f -exec sha256sum {} + | sort
}

expect_canary_unchanged() {
  local now
  now=$(snapshot_tree "$CANARY")
  [ "$now" = "$CANARY_BEFORE" ] ||
    fail "the host's files changed: $(diff <(echo "$CANARY_BEFORE") <(echo "$now") || true)"
}

# --- start ----------------------------------------------------------------------------------------

if [ "${1-}" = --prepare ]; then
  prepare_fixture "$2"
  exit
fi

: "${OCIRT:=$TESTS/../build/bin/ocirt}"
[ -x "$OCIRT" ] || { echo "no runtime at $OCIRT: build it first, or set OCIRT" >&2; exit 1; }
OCIRT=$(realpath "$OCIRT")
WORK=$(mktemp -d "${TMPDIR:-/tmp}/ocirt-test.XXXXXX")
chmod 755 "$WORK"
TAG=ocirt-test-${WORK##*.} # in every id, hence in the names of cgroups
STATE_ROOT=$WORK/state
export USER_FILES=$WORK/user
MOUNTS_AT_START=
CALL_NUMBER=0
HELPER_PIDS=()
GLOBALS=()
RUN_AS=()
trap clean_up EXIT
trap 'exit 1' INT TERM HUP
FIXTURE=${OCIRT_TEST_FIXTURE:-$WORK/fixture}
[ -d "$FIXTURE" ] || prepare_fixture "$FIXTURE"
