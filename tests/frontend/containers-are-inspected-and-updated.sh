#!/bin/bash
# inspect, top, stats, port and update tell of a container what is true of it; info, version and doctor of the host.
source "$(dirname "$0")/containers_lib.sh"
import_busybox
mkdir "$WORK/shared"
run -d --name one --label a=b -e K=V -v "$WORK/shared:/shared:ro" --tmpfs /fast -p 127.0.0.1:9080:80 \
  --memory 64m --cpus 0.5 --user web --restart on-failure:3 busybox sh -c 'sleep 1000 & wait'
expect_status 0
ID=$STDOUT

# asked TEMPLATE: what inspect says
asked() {
  ocictl inspect --format "$1" one
  expect_status 0
}
asked '{{.Id}} {{.Name}} {{.State.Status}} {{.State.Running}} {{.ImageName}}'
expect_stdout "$ID one running true localhost/busybox:latest"
asked '{{.Path}} {{.Config.User}} {{.Config.Labels.a}} {{.HostConfig.Memory}} {{.HostConfig.NanoCpus}}'
expect_stdout "sh web b 67108864 500000000"
asked '{{range .Mounts}}{{.Type}} {{.Destination}} {{.RW}} {{.Propagation}}{{end}}'
expect_stdout "bind /shared false rprivate"
asked '{{.HostConfig.RestartPolicy.Name}} {{.HostConfig.RestartPolicy.MaximumRetryCount}} {{index .HostConfig.Tmpfs "/fast"}}'
expect_stdout "on-failure 3 rw,rprivate,nosuid,nodev,tmpcopyup"
ocictl inspect one
expect_equal "$(jq -r '.[0].Config.Env[]' <<<"$STDOUT" | grep -E '^(K|HOME)=' | sort | tr '\n' ' ')" \
  "HOME=/home/web K=V " "its environment"
expect_equal "$(jq -r '.[0].State.Pid' <<<"$STDOUT")" "$("$OCIRT" --root "$STATE_ROOT" state "$ID" | jq .pid)" "its pid"
ocictl inspect busybox
expect_stdout_contains '"RepoTags"'
ocictl container inspect busybox
expect_status 125
expect_stdout "[]"
expect_error_contains "no such container busybox"
ocictl inspect one nonesuch
expect_status 125
expect_error_contains 'no such object: "nonesuch"'

ocictl top one user,pid ppid %c
expect_equal "$(sed 's/ *$//; s/  */ /g' <<<"$STDOUT")" $'USER PID PPID COMMAND\nweb 1 0 sh\nweb 2 1 sleep' top
ocictl top one -o pid,comm
expect_stdout_contains sleep
ocictl top one nonesuch
expect_status 125
ocictl stats --no-stream --format '{{.Name}} {{.PIDS}} {{.MemUsage}}'
[[ $STDOUT =~ ^one\ 2\ [0-9.]+[kM]?B\ /\ 67.11MB$ ]] || fail "stats said $STDOUT"
ocictl port one
expect_stdout "80/tcp -> 127.0.0.1:9080"
ocictl port one 80
expect_stdout "127.0.0.1:9080"
ocictl port one 81
expect_status 125
expect_error_contains 'failed to find published port "81"'

# Limits change at once, stay over a restart, and what isn't named stays.
ocictl update --memory 128m one
expect_status 0
expect_stdout "$ID"
ocictl stats --no-stream --format '{{.MemUsage}}'
expect_stdout_contains "/ 134.2MB"
ocictl restart --time 0 one
ocictl stats --no-stream --format '{{.MemUsage}}'
expect_stdout_contains "/ 134.2MB"
asked '{{.HostConfig.NanoCpus}}'
expect_stdout 500000000
ocictl update --memory plenty one
expect_status 125
ocictl stop --time 0 one
ocictl top one
expect_status 125
expect_error_contains "top can only be used on running containers"
ocictl stats --no-stream --format '{{.Name}} {{.MemUsage}}' one
expect_stdout "one 0B / 0B"

ocictl info --format '{{.Store.ContainerStore.Stopped}} {{.Store.GraphRoot}} {{.Host.OCIRuntime.Name}}'
expect_stdout "1 $STORE ocirt"
ocictl version --format '{{.Client.Version}}'
expect_equal "ocictl version $STDOUT" "$("$OCICTL" --version)" "the version"
ocictl doctor
expect_status 0
expect_stdout_contains "A container can run here."
printf '[containers]\nseccomp_profile = "/nonesuch"\n' >"$WORK/broken.conf"
export CONTAINERS_CONF=$WORK/broken.conf
ocictl doctor
expect_status 1
expect_stdout_contains "no seccomp profile: /nonesuch is missing"
expect_stdout_contains "No container can run here."
