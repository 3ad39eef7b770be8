#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
new_bundle
payload sh -c 'stat -c "%n %F %t:%T %a %u:%g" /dev/extra /dev/deep/block /dev/pipe'
config '.linux.devices = [
  {path: "/dev/extra", type: "c", major: 1, minor: 5, fileMode: 432, uid: 10, gid: 20},
  {path: "/dev/deep/block", type: "b", major: 7, minor: 99, fileMode: 384},
  {path: "/dev/pipe", type: "p", fileMode: 420}]'
umask 077
run_container
expect_status 0
expect_stdout '/dev/extra character special file 1:5 660 10:20
/dev/deep/block block special file 7:63 600 0:0
/dev/pipe fifo 0:0 644 0:0'
