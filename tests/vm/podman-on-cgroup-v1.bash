# shellcheck shell=bash
# podman's part of podman-on-cgroup-v1.sh, with CGROUP_MANAGER.
source "$(dirname "$0")/podman.bash"
expect "$(pod_run --rm --memory 64m --pids-limit 33 -- \
  sh -c 'cat /sys/fs/cgroup/memory/memory.limit_in_bytes /sys/fs/cgroup/pids/pids.max')" $'67108864\n33'
pod_run --detach --name "$NAME" -- sleep 1000 >/dev/null
expect "$(pod exec "$NAME" echo hello)" hello exec
pod pause "$NAME" >/dev/null
expect "$(pod inspect --format '{{.State.Status}}' "$NAME")" paused status
pod unpause "$NAME" >/dev/null
pod stop --time 1 "$NAME" >/dev/null
pod start "$NAME" >/dev/null
pod rm --force --time 0 "$NAME" >/dev/null
