#!/bin/bash
# The containers of a pod share its network, its ipc and, if asked for, its pid namespace.
source "$(dirname "$0")/cri.bash"
namespaces='for name in net ipc uts pid mnt; do readlink /proc/self/ns/$name; done; cat /sys/class/net/lo/operstate'
run_pod '{"linux": {"sysctls": {"net.ipv4.ip_unprivileged_port_start": "7"}}}'
declare -a seen_1 seen_2
for number in 1 2; do
  run_container_in_pod sleep 1000
  exec_in_container sh -c "$namespaces; cat /proc/sys/net/ipv4/ip_unprivileged_port_start"
  mapfile -t "seen_$number" <<<"$STDOUT"
done
expect_equal "${seen_1[*]:0:3}" "${seen_2[*]:0:3}" "shared namespaces"
[ "${seen_1[3]}" != "${seen_2[3]}" ] || fail "the pid namespace is shared, too"
[ "${seen_1[0]}" != "$(readlink /proc/self/ns/net)" ] || fail "the pod is in the host's network"
expect_equal "${seen_1[*]: -2}" "unknown 7" "the network"
remove_pod
TAG=$TAG-2
options='{"linux": {"security_context": {"namespace_options": {"network": "NODE", "pid": "POD"}}}}'
run_pod "$(jq '.hostname = ""' <<<"$options")" # the kubelet names no hostname in the host's network
create_container_in_pod "$(jq '.command = ["sleep", "2000"]' <<<"$options")"
start_container_in_pod
expect_status 0
exec_in_container sh -c 'readlink /proc/self/ns/net; tr "\0" " " </proc/1/cmdline'
expect_stdout "$(readlink /proc/self/ns/net)"$'\n'"sleep 1000 "
remove_pod
