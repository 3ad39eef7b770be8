#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Socket activation: the payload finds them at 3, counted from its own pid, which is 1.
new_bundle
payload sh -c 'echo $LISTEN_FDS $LISTEN_PID; cat <&3; probe fds | cut -d" " -f1 | sort -n | xargs'
echo three >"$WORK/3"
# shellcheck disable=SC2016  # $$ is the inner shell's pid, which exec keeps
STDOUT=$(sh -c 'LISTEN_FDS=1 LISTEN_PID=$$ exec "$@"' - "$OCIRT" --root "$STATE_ROOT" run --bundle "$BUNDLE" "$ID" \
  3<"$WORK/3" 4</etc) || fail "run fails"
expect_stdout $'1 1\nthree\n0 1 2 3'
