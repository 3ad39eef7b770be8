#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 does not know it"
new_bundle
payload probe personality
config '.linux.personality = {domain: "LINUX32"}'
run_container
expect_stdout 0x8
config '.linux.personality = {domain: "LINUX"}'
run_container
expect_stdout 0
