# shellcheck shell=bash
# For tests in which containerd runs pods with the runtime under test, as it does for the kubelet.
#
#   source "$(dirname "$0")/cri.bash"
#   run_pod                       POD is its id
#   run_container_in_pod sleep 9  CID is its id
#   cri ExecSync '{...}'          any call of CRI (helpers/cri.py)
#
# The daemon and all it keeps are the test's own; its configuration is docs/engines/containerd/config.toml.
# The network of pods is a namespace with a loopback device, for want of a plug-in that makes more.
source "$(dirname "${BASH_SOURCE[0]}")/engine.bash"
for command in containerd ctr containerd-shim-runc-v2 protoc; do need_command "$command"; done
/usr/bin/python3 -c 'import grpc, google.protobuf' 2>/dev/null ||
  skip "needs python3-grpcio and python3-protobuf"

IMAGE=docker.io/library/busybox:test
SOCKET=$WORK/containerd.sock
STATE_ROOT=$WORK/runc/k8s.io

write_containerd_config() {
  sed -e "s,/usr/bin/ocirt,$OCIRT," \
    -e "/^version/a root = \"$WORK/containerd\"\nstate = \"$WORK/containerd-state\"" \
    -e '/^default_runtime_name/a snapshotter = "native"' \
    -e "/^BinaryName/a Root = \"$WORK/runc\"" \
    "$TESTS/../docs/engines/containerd/config.toml"
  # A host without CAP_SYS_RESOURCE can't lower the score by which memory is taken.
  cat <<END
[plugins."io.containerd.grpc.v1.cri"]
sandbox_image = "$IMAGE"
restrict_oom_score_adj = true
netns_mounts_under_state_dir = true
[plugins."io.containerd.grpc.v1.cri".cni]
bin_dir = "$WORK/cni/bin"
conf_dir = "$WORK/cni/conf"
[grpc]
address = "$SOCKET"
[ttrpc]
address = "$SOCKET.ttrpc"
END
}

# A network plug-in is a program that is told by its environment what to do, and prints what it did.
write_network_plugin() {
  mkdir -p "$WORK/cni/bin" "$WORK/cni/conf"
  cat >"$WORK/cni/bin/loopback" <<'END'
#!/bin/sh
[ "$CNI_COMMAND" != ADD ] || nsenter --net="$CNI_NETNS" ip link set lo up
echo '{"cniVersion": "0.4.0", "interfaces": [{"name": "eth0", "sandbox": "'"$CNI_NETNS"'"}],
  "ips": [{"version": "4", "address": "192.0.2.2/24", "interface": 0}]}'
END
  chmod 755 "$WORK/cni/bin/loopback"
  echo '{"cniVersion": "0.4.0", "name": "test", "plugins": [{"type": "loopback"}]}' >"$WORK/cni/conf/1.conflist"
}

start_containerd() {
  write_containerd_config >"$WORK/containerd.toml"
  write_network_plugin
  # Shims inherit the mark, by which they are found at the end.
  OCIRT_TEST_MARK=$WORK containerd --config "$WORK/containerd.toml" &>"$WORK/containerd.log" &
  HELPER_PIDS+=($!)
  disown
  eventually ctr --address "$SOCKET" version >/dev/null ||
    fail "containerd does not start: $(tail -3 "$WORK/containerd.log")"
}

# What a pod has besides our containers is one that sleeps.
import_image() {
  python3 "$TESTS/helpers/docker_archive.py" "$FIXTURE/rootfs" "$IMAGE" sleep 1000 >"$WORK/image.tar"
  ctr --address "$SOCKET" --namespace k8s.io image import --snapshotter native "$WORK/image.tar" \
    &>"$WORK/import.log" || fail "ctr image import: $(cat "$WORK/import.log")"
}

# cri METHOD REQUEST, of which ANSWER reads the answer.
cri() {
  keep_output_of /usr/bin/python3 "$TESTS/helpers/cri.py" "$SOCKET" "$@"
}

answer() {
  jq -r "$1" <<<"$STDOUT"
}

# What the kubelet asks for if a pod does not say otherwise.
OWN_PID_NAMESPACE='{"linux": {"security_context": {"namespace_options": {"pid": "CONTAINER"}}}}'

# run_pod [JSON] with more of its configuration.
run_pod() {
  POD_CONFIG=$(jq -n --arg tag "$TAG" --arg logs "$WORK/logs" --argjson more "${1-null}" \
    --argjson kubelets "$OWN_PID_NAMESPACE" '{
    metadata: {name: "pod", uid: $tag, namespace: "default"}, hostname: "inside", log_directory: $logs,
    linux: {cgroup_parent: "/\($tag)"}} * $kubelets * ($more // {})')
  cri RunPodSandbox "$(jq -n --argjson config "$POD_CONFIG" '{config: $config}')"
  expect_status 0
  POD=$(answer .pod_sandbox_id)
}

# create_container_in_pod JSON: the container's configuration, but for its name and image.
create_container_in_pod() {
  CONTAINERS=$((${CONTAINERS-0} + 1))
  cri CreateContainer "$(jq -n --arg pod "$POD" --argjson pod_config "$POD_CONFIG" --argjson more "$1" \
    --arg image "$IMAGE" --arg name "c$CONTAINERS" --argjson kubelets "$OWN_PID_NAMESPACE" '{pod_sandbox_id: $pod, sandbox_config: $pod_config,
    config: ({metadata: {name: $name}, image: {image: $image}, log_path: "\($name).log"} * $kubelets * $more)}')"
  expect_status 0
  CID=$(answer .container_id)
}

start_container_in_pod() {
  cri StartContainer "{\"container_id\": \"$CID\"}"
}

run_container_in_pod() {
  create_container_in_pod "$(jq -n '{command: $ARGS.positional}' --args -- "$@")"
  start_container_in_pod
  expect_status 0
}

# exec_in_container COMMAND...: STATUS and STDOUT are the command's.
exec_in_container() {
  cri ExecSync "$(jq -n --arg id "$CID" '{container_id: $id, timeout: 20, cmd: $ARGS.positional}' --args -- "$@")"
  expect_status 0
  STATUS=$(answer .exit_code)
  STDOUT=$(answer '.stdout | @base64d')
}

container_state() {
  cri ContainerStatus "{\"container_id\": \"$CID\"}"
  answer '.status | "\(.state) \(.exit_code)"'
}

has_state() {
  [ "$(container_state)" = "$1" ]
}

remove_pod() {
  cri StopPodSandbox "{\"pod_sandbox_id\": \"$POD\"}"
  expect_status 0
  cri RemovePodSandbox "{\"pod_sandbox_id\": \"$POD\"}"
  expect_status 0
}

trap remove_shim_sockets EXIT
start_containerd
import_image
