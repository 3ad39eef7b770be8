#!/bin/bash
# Every command that the two pages about GPUs name works as it stands there, where the driver, ocirt and its hook
# are installed. A command that is new to this test fails it.
source "$(dirname "$0")/podman.bash"
source "$TESTS/helpers/nvidia_native.bash"
need_command runc
printf '[engine.runtimes]\nocirt = ["/usr/bin/ocirt"]\n' >>"$CONTAINERS_CONF" # as docs/engines/podman.md has it
native_host
mkdir -p "$WORK/host/usr/bin" "$WORK/hooks.d" "$WORK/image/lib64"
BUILD=$(dirname "$OCIRT")
cp "$OCIRT" "$NVIDIA_HOOK" "$WORK/host/usr/bin/"
[ ! -x "$BUILD/ocictl" ] || cp "$BUILD/ocictl" "$WORK/host/usr/bin/"
cp "$TESTS/../hooks/nvidia/hooks.d/ocirt-nvidia.json" "$WORK/hooks.d/"
mkdir -p "$WORK/host/etc/cdi"
GENERATE="ocirt-nvidia-hook cdi generate --output /etc/cdi/nvidia.json"
PAGES=("$TESTS"/../docs/gpus-{user,administrator}.md)

# do_as_written COMMAND [FIRST]: after another, since each call has an /etc of its own; with the test's storage and names where the page has words in capitals.
do_as_written() {
  local command=$1
  command=${command//--rootfs DIR/--rootfs $WORK/image}
  command=${command//--hooks-dir DIR/--runtime runc --hooks-dir $WORK/hooks.d}
  case $command in
    podman\ *)
      command=${command/#podman/${PODMAN[*]}}
      command=${command/--runtime $OCIRT --runtime/--runtime}
      command="${command/ run / run --rm --cgroup-parent \/$TAG } sh -c 'nvidia-smi; ls /dev | grep -c nvidia[0-9]'"
      command=${command/IMAGE/$IMAGE}
      ;;
  esac
  keep_output_of "${RUN_AS[@]}" bash -c "${2:-true} && $command"
}

expect_gpus_of() {
  [ "$STATUS" = 0 ] || fail "$1: status $STATUS"
  expect_stdout $'fake nvidia-smi\n2'
}

mapfile -t COMMANDS < <(grep -ohE '`(podman|ocirt-nvidia-hook|ocictl) [^`]*`' "${PAGES[@]}" | tr -d '`' | sort -u)
[ ${#COMMANDS[@]} -gt 8 ] || fail "only ${#COMMANDS[@]} commands are on the pages"
for command in "${COMMANDS[@]}"; do
  case $command in
    "podman --runtime ocirt run "* | "podman --hooks-dir DIR run "*)
      do_as_written "$command"
      expect_gpus_of "$command"
      ;;
    "podman run --device "*)
      do_as_written "$command" "$GENERATE"
      expect_gpus_of "$command"
      ;;
    "$GENERATE")
      do_as_written "$command && jq -r .kind /etc/cdi/nvidia.json"
      expect_stdout nvidia.com/gpu
      ;;
    "ocirt-nvidia-hook cdi list")
      do_as_written "$command" "$GENERATE"
      expect_stdout_contains "nvidia.com/gpu=all"
      ;;
    "ocirt-nvidia-hook cdi check")
      do_as_written "$command" "$GENERATE"
      expect_stdout "ok     /etc/cdi/nvidia.json"
      ;;
    "ocirt-nvidia-hook doctor" | "ocirt-nvidia-hook list" | "ocirt-nvidia-hook plan --rootfs DIR")
      do_as_written "$command"
      expect_status 0
      expect_stdout_contains 580.159.03
      ;;
    "ocictl gpu ls")
      [ -x "$BUILD/ocictl" ] || continue
      do_as_written "$command"
      expect_stdout_contains "NVIDIA H100"
      ;;
    *) fail "no test runs: $command" ;;
  esac
done
