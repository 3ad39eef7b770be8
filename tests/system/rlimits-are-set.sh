#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'grep -E "core|stack|open files|locked" /proc/self/limits | tr -s " "'
config '.process.rlimits = [{type: "RLIMIT_CORE", soft: 11, hard: 22}, {type: "RLIMIT_STACK", soft: 1048576, hard: 2097152},
  {type: "RLIMIT_NOFILE", soft: 100, hard: 100}, {type: "RLIMIT_MEMLOCK", soft: 4096, hard: 8192}]'
run_container
for line in "Max stack size 1048576 2097152 bytes" "Max core file size 11 22 bytes" "Max open files 100 100 files" \
  "Max locked memory 4096 8192 bytes"; do
  expect_stdout_contains "$line"
done
