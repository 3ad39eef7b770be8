#!/bin/bash
# Our programs start without glibc's own start (sys/quick_start.cpp): nothing may be missing after it.
source "$(dirname "$0")/../lib.sh"

ocirt_only "about how our programs are built"
program=$(dirname "$OCIRT")/../tests/start_probe
[ -x "$program" ] || skip "no $program: the tests' programs aren't built"

# Prints the two guards.
probe_start() {
  keep_output_of env START_PROBE=set "$program" one two
  expect_status 7
  expect_stdout_contains atexit
  expect_stdout_contains "destroyed after main"
  GUARDS=$(grep ^guards <<<"$STDOUT")
}

probe_start
first=$GUARDS
# The last byte is zero, so that no string can hold the guard of the stack.
grep -qE '^guards [0-9a-f]{8,}00 [0-9a-f]{8,}$' <<<"$first" || fail "no guards: $first"
probe_start
[ "$first" != "$GUARDS" ] || fail "the guards of the stack and of pointers are no secret: $first"
