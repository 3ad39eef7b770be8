#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload cat /proc/sys/net/ipv4/conf/lo/forwarding
for name in net/ipv4/conf/lo/forwarding net.ipv4.conf.lo.forwarding; do
  config '.linux.sysctl = {($name): "1"}' --arg name "$name"
  run_container
  expect_stdout 1
done
