#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# podman leaves the type out, docker writes type "bind" with "rbind".
new_bundle
mkdir "$WORK/source"
echo data >"$WORK/source/file"
payload cat /data/file
for mount in '{destination: "/data", source: $s, options: ["bind"]}' '{destination: "/data", source: $s, options: ["rbind"]}' \
  '{destination: "/data", type: "none", source: $s, options: ["rbind", "rw"]}'; do
  config "del(.mounts[] | select(.destination == \"/data\")) | .mounts += [$mount]" --arg s "$WORK/source"
  run_container
  expect_status 0
  expect_stdout data
done
