#!/bin/bash
# A monitor that was killed: podman gets the container's exit code nevertheless, by --recover.
source "$(dirname "$0")/podman-shim.bash"
[ "$(printf '%s\n' 6.15 "$(uname -r)" | sort -V | head -n 1)" = 6.15 ] || skip "needs Linux 6.15"
sed -i "s|^\[engine\]|&\nconmon_env_vars = [\"OCIRT_SHIM_RECOVERY_DIR=$WORK/recovery\"]|" "$CONTAINERS_CONF"
recovered() {
  keep_output_of "$OCIRT_SHIM" --recover "$WORK/recovery"
  [ "$STDOUT" = "$CID $1" ]
}
pod_start --name orphan -- sh -c 'trap "exit 44" TERM; while :; do sleep 0.1; done'
recovered monitored || fail "a monitor that lives is taken for dead: $STDOUT"
kill -KILL "$(inspected '{{.State.ConmonPid}}')"
eventually recovered running || fail "the monitor's death wasn't noticed: $STDOUT"
payload=$(inspected '{{.State.Pid}}')
kill -TERM "$payload"
eventually recovered 44 || fail "no code: $STDOUT"
pod wait orphan
expect_stdout 44
expect_equal "$(inspected '{{.State.ExitCode}}')" 44 "exit code"
pod start orphan
expect_status 0
pod rm --force --time 0 orphan
expect_status 0
expect_equal "$(ls -A "$WORK/recovery")" "" "what is left behind"
