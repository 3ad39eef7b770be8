#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# containerd and podman look for these words.
for call in start state delete pause resume "kill nobody KILL" "ps nobody" "exec nobody true"; do
  read -r verb rest <<<"$call"
  # shellcheck disable=SC2086  # words
  ocirt "$verb" ${rest:-nobody}
  expect_failure
  case $STDERR in *"does not exist"*) ;; *) fail "$verb: stderr lacks 'does not exist'" ;; esac
  [ -z "$STDOUT" ] || fail "$verb: an error on stdout"
done
[ ! -e "$STATE_ROOT/nobody" ] || fail "asking for a container made one"
