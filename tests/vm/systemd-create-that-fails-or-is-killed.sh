#!/bin/bash
# Whatever goes wrong, and wherever SIGKILL hits: no unit, no cgroup, no process stays.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
payload /no/such/program
ocirt create --bundle "$BUNDLE" "$ID"
expect_failure
expect_no_unit
expect_no_leftovers
config '.hooks.createRuntime = [{path: "/bin/false"}]'
payload true
ocirt create --bundle "$BUNDLE" "$ID"
expect_failure
expect_no_unit
expect_no_leftovers
config 'del(.hooks)'
payload sleep 1000
for moment in 0.02 0.05 0.1 0.15 0.2 0.25 0.3 0.4; do
  "$OCIRT" --root "$STATE_ROOT" "${GLOBALS[@]}" create --bundle "$BUNDLE" "$ID" >/dev/null 2>&1 &
  sleep "$moment"
  kill -KILL $! 2>/dev/null || true
  wait $! 2>/dev/null || true
  ocirt delete --force "$ID"
  expect_status 0
  eventually test ! -e "$SCOPE" || fail "the scope stays (killed after $moment s)"
done
eventually no_words "${SYSTEMCTL[@]}" list-units --all --no-legend "$UNIT" || fail "the unit stays"
expect_no_leftovers
