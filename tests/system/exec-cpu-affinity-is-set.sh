#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
new_bundle
payload sleep 1000
config '.process.execCPUAffinity = {initial: "0", final: "0"}'
start_container
ocirt exec "$ID" probe affinity
expect_equal "$(xargs <<<"$STDOUT")" 0 "cpus of exec"
