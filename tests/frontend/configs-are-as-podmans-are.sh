#!/bin/bash
# The config.json of `ocictl run` says what podman's says for the same options. Both are given a runtime that keeps
# the config and fails. Where ours differs on purpose, the difference is taken away first, with the reason.
source "$(dirname "$0")/containers_lib.sh"
need_root
need_command podman
mkdir -p "$WORK/tree"/{bin,etc,tmp} "$WORK/shared"
cp "$(command -v busybox)" "$WORK/tree/bin/true"
echo 'root:x:0:0:root:/root:/bin/sh
ana:x:1000:1000::/home/ana:/bin/sh' >"$WORK/tree/etc/passwd"
echo 'root:x:0:
wheel:x:10:ana' >"$WORK/tree/etc/group"
cat >"$WORK/keeper" <<KEEPER
#!/bin/bash
while [ \$# -gt 0 ]; do
  case \$1 in
    --bundle | -b) cp "\$2/config.json" "$WORK/kept.json" ;;
    --bundle=*) cp "\${1#*=}/config.json" "$WORK/kept.json" ;;
  esac
  shift
done
exit 1
KEEPER
chmod +x "$WORK/keeper"
echo '{}' >"$REGISTRY_AUTH_FILE" # podman insists
LIMITS=(--ulimit nofile=1024:1024 --ulimit nproc=1024:1024)
# podman's own defaults are older than those that Debian gives it, which are ours.
cat >"$WORK/containers.conf" <<'CONF'
[containers]
pids_limit = 100
default_capabilities = ["CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID",
  "SETPCAP", "SETUID", "SYS_CHROOT"]
default_sysctls = ["net.ipv4.ping_group_range=0 0"]
[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
CONF
export CONTAINERS_CONF=$WORK/containers.conf

# kept_by FILE PROGRAM...: the config that a program's run gives to its runtime
kept_by() {
  local file=$1
  shift
  rm -f "$WORK/kept.json"
  "$@" >"$WORK/run.log" 2>&1 || true
  [ -e "$WORK/kept.json" ] || fail "$1 gave its runtime no config: $(cat "$WORK/run.log")"
  jq -S "$SHAPE" "$WORK/kept.json" >"$file"
}

# What is compared, in an order of its own.
# shellcheck disable=SC2016  # jq's variables
SHAPE='
def words: if . == null then [] else sort end;
{
  process: {
    args: .process.args, cwd: .process.cwd, terminal: (.process.terminal // false),
    # podman names its container only with images; the host name is random.
    env: [.process.env[] | select(startswith("HOSTNAME=") or startswith("container=") | not)] | sort,
    # podman repeats the primary group.
    user: (.process.user | .gid as $gid | .additionalGids = ((.additionalGids // []) - [$gid] | sort)),
    capabilities: ((.process.capabilities // {}) | map_values(words) | with_entries(select(.value != []))),
    rlimits: .process.rlimits | sort_by(.type),
    noNewPrivileges: (.process.noNewPrivileges // false),
    oomScoreAdj: .process.oomScoreAdj
  },
  readonly: (.root.readonly // false),
  mounts: [.mounts[]
    # Ours is a tmpfs of its own where podman binds one that it mounted on the host.
    | select(.destination != "/dev/shm" or .source == "/dev/shm")
    | {destination, type, source: (if .type == "bind" and (.source | test("containers/|volumes/")) then "own" else .source end),
       options: (.options | words - ["rprivate", "relatime"])}
    # With a private cgroup namespace or not, and how podman spells read-only files of its own.
    | select(.destination != "/run/.containerenv")] | sort_by(.destination),
  hostname: (.hostname // "" | length),
  sysctl: (.linux.sysctl // {}),
  namespaces: [.linux.namespaces[].type] | sort,
  devices: [(.linux.devices // [])[] | {path, type, major, minor}] | sort_by(.path),
  resources: (.linux.resources | .devices = [.devices[] | {allow, access, type, major, minor}]
    # -1 is no limit; podman writes 0 for it, which runtimes no longer take so.
    | if .pids.limit == 0 then .pids.limit = -1 else . end),
  seccomp: (.linux.seccomp // {} | {defaultAction, defaultErrnoRet, architectures: (.architectures | words),
    syscalls: [(.syscalls // [])[] | {names: (.names | words), action, args: [(.args // [])[] | .valueTwo //= 0], errnoRet}]}),
  # Later versions of podman hide these two as well.
  masked: ((.linux.maskedPaths // []) - ["/proc/interrupts", "/sys/devices/virtual/powercap"] | sort),
  readonlyPaths: ((.linux.readonlyPaths // []) | sort)
}'

# compare OPTION...: both with these options
compare() {
  kept_by "$WORK/theirs.json" podman --root "$WORK/storage" --runroot "$WORK/podman" --storage-driver vfs \
    --runtime "$WORK/keeper" run --rm --network none "${LIMITS[@]}" "$@" --rootfs "$WORK/tree" true now
  kept_by "$WORK/ours.json" "$OCICTL" --root "$STORE" --runtime "$WORK/keeper" run --rm --network none "${LIMITS[@]}" \
    "$@" --rootfs "$WORK/tree" true now
  diff -u "$WORK/theirs.json" "$WORK/ours.json" >"$WORK/difference" ||
    fail "with $*: podman's (-) and ours (+) differ: $(cat "$WORK/difference")"
}

compare
compare -t -i -e A=B -e C= --env HOME=/x -w /tmp -u ana --hostname name
compare -u ana:10 --group-add wheel --group-add 99 --umask 077 --read-only
compare --cap-add net_admin,SYS_TIME --cap-drop CHOWN --security-opt no-new-privileges
compare --cap-drop ALL --cap-add sys_ptrace -u ana
compare --cap-add ALL --security-opt seccomp=unconfined --security-opt unmask=ALL
compare --security-opt unmask=/proc/acpi:/proc/keys --security-opt mask=/proc/cpuinfo
compare -v "$WORK/shared:/a" -v "$WORK/shared:/b:ro,noexec" --mount "type=bind,src=$WORK/shared,dst=/c,ro" \
  --tmpfs /t --tmpfs /u:size=1m,exec --mount type=tmpfs,dst=/w -v name:/n
compare --memory 64m --memory-reservation 32m --cpus 1.5 --cpu-shares 100 --cpuset-cpus 0 --pids-limit 7
compare --memory 64m --memory-swap 96m --cpu-period 50000 --cpu-quota 25000 --pids-limit -1 --oom-score-adj 100
compare --device /dev/fuse --device /dev/zero:/dev/mine:r --device-cgroup-rule 'c 10:* rwm'
compare --pid host --ipc host --uts host
compare --ulimit core=0 --ulimit stack=8192:16384 --sysctl net.ipv4.ip_forward=1
compare --ipc none --no-hosts --read-only --read-only-tmpfs=false
compare --ipc private --cgroupns private --shm-size 1m -u 0:0
compare --unsetenv-all -v "$WORK/shared:/a:rshared,suid,dev" -v "$WORK/shared:/b:bind,U,z" -v name:/n:exec
