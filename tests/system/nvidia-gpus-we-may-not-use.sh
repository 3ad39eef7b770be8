#!/bin/bash
# "all" is every GPU that the caller may open; one that is named and forbidden is an error.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
nvidia_host "$WORK/host"
chmod -R go+rX "$WORK/host"
chmod 660 "$WORK/host/dev/nvidia1"

as_plain_user() {
  keep_output_of setpriv --reuid 65534 --regid 65534 --clear-groups \
    "$NVIDIA_HOOK" --host "$WORK/host" --driver-root "$WORK/host" "$@"
}
as_plain_user plan
expect_status 0
expect_equal "$(jq -c .gpus <<<"$STDOUT")" "[1]" "the GPUs"
expect_equal "$(jq -r '.warnings[0]' <<<"$STDOUT" | grep -c 'GPU 0 is left out: .*mode 0660')" 1 "the warning"
as_plain_user plan --gpus 0
expect_error_contains "we may not open it"
as_plain_user plan --gpus count=2
expect_error_contains "2 GPUs are asked for, and 1 can be used"
chmod 000 "$WORK/host/dev/nvidia0"
as_plain_user plan
expect_error_contains "we may not open it"
