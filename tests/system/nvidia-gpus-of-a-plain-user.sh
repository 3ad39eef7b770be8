#!/bin/bash
# Our runtime gives a plain user the GPUs that they may open: by the nodes' modes, or by a group of theirs, which
# the container's processes then keep.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root # to make the nodes
native_host
native_bundle all
# What the helper lays over /proc forbids a new one in a user namespace.
config 'del(.linux.resources) | .mounts |= map(if .destination == "/proc" then
  {destination: "/proc", type: "bind", source: "/proc", options: ["rbind"]} else . end)'
payload sh -c "$GPU_PROBE"
ON_HOST=("${RUN_AS[@]}")
become_user single
chown -R 0:0 "$WORK/host"
# as_user says which groups: here one more, 44.
cat >"$WORK/as-user" <<END
#!/bin/bash
exec setpriv --reuid $TEST_UID --regid $TEST_UID --groups 44 \
  env -i PATH=/usr/bin:/bin:/usr/sbin:/sbin HOME=$USER_FILES/home XDG_RUNTIME_DIR=$USER_FILES/xdg "\$@"
END
chmod 755 "$WORK/as-user"
RUN_AS=("${ON_HOST[@]}" "$WORK/as-user")
run_container
expect_gpus_inside

for node in "$WORK"/host/dev/nvidia*; do
  chgrp 44 "$node"
  chmod 660 "$node"
done
run_container
expect_gpus_inside
ocirt plan --bundle "$BUNDLE"
expect_stdout_contains '"run.oci.keep_original_groups"'

# Of two GPUs one is somebody else's: the other is what "all" means.
chgrp 0 "$WORK/host/dev/nvidia1"
payload sh -c 'ls /dev | grep "nvidia[0-9]"'
run_container
expect_stdout nvidia0
case $STDERR in *"GPU 0 is left out: /dev/nvidia1 has mode 0660 and belongs to 0:0: we may not open it"*) ;; *) fail "no warning" ;; esac
