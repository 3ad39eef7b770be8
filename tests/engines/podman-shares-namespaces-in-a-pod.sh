#!/bin/bash
# Containers of one pod share the network of its first container.
source "$(dirname "$0")/podman.bash"
pod pod create --network none --cgroup-parent "/$TAG" --name "$TAG" \
  --infra-image "$IMAGE" --infra-command "/bin/sleep 1000"
expect_status 0
for number in 1 2; do
  pod run --rm --pod "$TAG" "$IMAGE" \
    sh -c 'readlink /proc/self/ns/net; readlink /proc/self/ns/ipc; cat /etc/hostname'
  expect_status 0
  seen[number]=$STDOUT
done
expect_equal "${seen[2]}" "${seen[1]}" "namespaces of the second container"
pod pod rm --force --time 0 "$TAG"
expect_status 0
