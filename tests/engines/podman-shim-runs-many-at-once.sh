#!/bin/bash
# A hundred containers at once, each with its own exit code and output, under our monitor.
source "$(dirname "$0")/podman-shim.bash"
jobs=()
for i in $(seq 1 100); do
  "${PODMAN[@]}" run --cgroup-parent "/$TAG" --name "many$i" $IMAGE sh -c "echo out $i; exit $i" >"$WORK/out$i" 2>&1 &
  jobs+=($!)
done
for i in $(seq 1 100); do
  status=0
  wait "${jobs[$((i - 1))]}" || status=$?
  expect_equal "$status" "$i" "status of container $i"
  expect_equal "$(cat "$WORK/out$i")" "out $i" "output of container $i"
done
