#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'cat /proc/sys/net/ipv4/ip_default_ttl /proc/sys/kernel/msgmax'
config '.linux.sysctl = {"net.ipv4.ip_default_ttl": "99", "kernel.msgmax": "12345"}'
run_container
expect_status 0
expect_stdout $'99\n12345'
