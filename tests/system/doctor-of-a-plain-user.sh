#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "no other runtime has a doctor"
finding() { jq -r --arg topic "$1" '.findings[] | select(.topic == $topic) | "\(.verdict) \(.text) \(.cure)"' <<<"$STDOUT"; }
new_bundle
become_user subids
ocirt doctor --format json
expect_status 0
grep -qE "^yes uids $FIRST_SUBID-" <<<"$(finding ids)" || fail "wrong about ids: $(finding ids)"
grep -qE "^(yes|partly)" <<<"$(finding cgroups)" || fail "wrong about cgroups: $(finding cgroups)"

: >"$USER_FILES/subuid"
ocirt doctor --format json
expect_status 0
grep -q "^partly .*no subordinate ids are granted in /etc/subuid as root: usermod" <<<"$(finding ids)" ||
  fail "wrong about ids: $(finding ids)"

keep_output_of "${RUN_AS[@]}" "$OCIRT" --root /nowhere doctor
expect_status 1
expect_stdout_contains "/nowhere: / is not yours to write"
