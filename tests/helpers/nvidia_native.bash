# shellcheck shell=bash
# For tests in which our runtime itself gives GPUs, on top of nvidia_container.bash: the host is this one, with
# the driver of $WORK/host laid over it in a mount namespace of the runtime's.
source "$(dirname "${BASH_SOURCE[0]}")/nvidia_container.bash"

# native_host [OPTION=VALUE...]: makes the host (options as of nvidia_host), and lets runtimes be run on it.
native_host() {
  ocirt_only "no other runtime knows the annotations"
  [ -e "$WORK/host" ] || nvidia_host "$WORK/host" "$@"
  mkdir -p "$WORK"/over
  # shellcheck disable=SC2034  # for lib.sh
  GLOBALS=(--log-level warning) # engines take what is on stderr for an error, so by default there are none
  # shellcheck disable=SC2034  # likewise
  RUN_AS=(unshare --mount --propagation slave sh "$TESTS/helpers/with_driver.sh" "$WORK")
}

# native_bundle WHICH: a bundle that asks for them by the annotation, and has no hook.
native_bundle() {
  gpu_bundle
  config 'del(.hooks) | .annotations["io.ocirt.gpus"] = $which' --arg which "$1"
}

# device_bundle NAMES: one that asks for devices of CDI, of the specifications in $WORK/cdi.
device_bundle() {
  gpu_bundle
  config 'del(.hooks) | .annotations["io.ocirt.devices"] = $names | .annotations["io.ocirt.cdi_spec_dirs"] = $dir' \
    --arg names "$1" --arg dir "$WORK/cdi"
}
