#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# The file is a whole process object, and engines delete it as soon as exec returns.
new_bundle
payload sleep 1000
config '.process.capabilities |= map_values(. + ["CAP_SETUID", "CAP_SETGID"])'
start_container
jq -n '{args: ["sh", "-c", "id -u; id -g; pwd; env | sort | grep -vE \"^(HOME|PWD|SHLVL)=\"; grep core /proc/self/limits | xargs; grep CapEff /proc/self/status | cut -f2"],
  cwd: "/tmp", env: ["X=y", "PATH=/bin"], user: {uid: 7, gid: 8},
  rlimits: [{type: "RLIMIT_CORE", soft: 77, hard: 88}], noNewPrivileges: true}' >"$WORK/process.json"
for option in "--process $WORK/process.json" "-p $WORK/process.json" "--process=$WORK/process.json"; do
  # shellcheck disable=SC2086  # words
  ocirt exec $option "$ID"
  expect_status 0
  expect_stdout $'7\n8\n/tmp\nPATH=/bin\nX=y\nMax core file size 77 88 bytes\n0000000000000000'
done
