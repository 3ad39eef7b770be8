#!/bin/bash
# Which GPUs are meant: the words of --gpus and of NVIDIA_VISIBLE_DEVICES, natively, through the hook, and what
# is said of those that mean none.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
HOST=$WORK/host
nvidia_host "$HOST" gpus=3
UUID=GPU-00000000-0000-0000-0000-00000000000

# means WORDS INDICES
means() {
  nvidia_hook plan --gpus "$1"
  expect_status 0
  expect_equal "$(jq -c .gpus <<<"$STDOUT")" "$2" "the GPUs of '$1'"
}
means all '[0,1,2]'
means none '[]'
means 0 '[0]'
means 2,0 '[0,2]'
means '"device=0,1"' '[0,1]'
means 'device=1' '[1]'
means '"device=0,1",capabilities=utility' '[0,1]'
means '"capabilities=compute,utility","device=2",driver=nvidia' '[2]'
means "${UUID}1" '[1]'
means "${UUID,,}1,0" '[0,1]'
means 0000:29:00.0 '[1]'
means 00000000:39:00.0 '[2]'
means nvidia.com/gpu=1,nvidia.com/gpu=0 '[0,1]'
means nvidia.com/gpu=all '[0,1,2]'
means 1,all '[0,1,2]'
means count=2 '[0,1]'
means count=all '[0,1,2]'
means count=-1,capabilities=gpu '[0,1,2]'

means_nothing() {
  nvidia_hook plan --gpus "$1"
  expect_error_contains "$2"
}
means_nothing "" "--gpus: is empty"
means_nothing 3 "there is no GPU 3"
means_nothing 0:0 "there is no slice 0:0 of a GPU"
means_nothing count=0 'count=0: want a number or "all"'
means_nothing count=4 "4 GPUs are asked for, and 3 can be used"
means_nothing count=2,0 "GPUs are named or counted, not both"
means_nothing colour=red "--gpus: colour=red"
means_nothing all,capabilities=magic '"magic" is no capability'
