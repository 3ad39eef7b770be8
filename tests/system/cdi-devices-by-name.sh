#!/bin/bash
# The annotation io.ocirt.devices: our runtime gives devices of any vendor, as their specifications of CDI say.
source "$(dirname "$0")/../helpers/nvidia_native.bash"
need_root
ocirt_only "no other runtime knows the annotation"
GLOBALS=(--log-level warning)
mkdir "$WORK/cdi" "$WORK/files"
mknod -m 666 "$WORK/files/node" c 1 3
echo firmware >"$WORK/files/firmware"
# What a vendor's hook sees: nothing of the image, and the container's state.
cat >"$WORK/files/hook" <<END
#!/bin/sh
{ echo "\$*"; env | grep -v -e ^PWD= -e ^SHLVL= -e ^_=; jq -r .status; } >>"$WORK/hooked"
END
chmod 755 "$WORK/files/hook"
cat >"$WORK/cdi/vendor.yaml" <<END
cdiVersion: 1.1.0
kind: vendor.com/device
devices:
  - name: "0"
    containerEdits:
      deviceNodes:
        - {path: /dev/vendor0, hostPath: $WORK/files/node, permissions: r}
        - {path: /dev/full, fileMode: 0}
      env: [WHICH=0]
  - name: one
    containerEdits:
      env: [WHICH=one]
      additionalGids: [44, 0]
  - name: gone
    containerEdits: {deviceNodes: [{path: /dev/vendor1, hostPath: $WORK/files/gone}]}
containerEdits:
  env: [VENDOR=yes]
  mounts: [{hostPath: $WORK/files/firmware, containerPath: /lib/firmware/deep/vendor, options: [ro, bind]}]
  hooks:
    - {hookName: createRuntime, path: $WORK/files/hook, args: [hook, one], env: [A=b]}
    - {hookName: poststop, path: $WORK/files/hook, args: [hook, two]}
END

device_bundle vendor.com/device=0,vendor.com/device=one
config '.process.env += ["VENDOR=no", "LD_PRELOAD=/evil.so"]'
payload sh -c 'echo $VENDOR $WHICH; cat /lib/firmware/deep/vendor; cat /dev/vendor0; id -G
  (: >>/lib/firmware/deep/vendor) 2>/dev/null || echo read-only; stat -c "%t:%T" /dev/vendor0; stat -c %a /dev/full'
run_container
expect_status 0
expect_stdout $'yes one\nfirmware\n0 44\nread-only\n1:3\n0'
expect_equal "$(cat "$WORK/hooked")" $'one\nA=b\ncreating\ntwo\nPATH=/usr/sbin:/usr/bin:/sbin:/bin\nstopped' "what the hooks saw"

# Once for each specification, however many of its devices.
ocirt plan --bundle "$BUNDLE"
expect_equal "$(grep -c '"destination": "/lib/firmware/deep/vendor"' <<<"$STDOUT")" 1 "mounts of the firmware"

device_bundle_again() {
  rm -rf "$BUNDLE"
  device_bundle "$1"
  run_container
}
device_bundle_again vendor.com/device=gone
expect_error_contains "$WORK/cdi/vendor.yaml is out of date: $WORK/files/gone is not there"
device_bundle_again vendor.com/device=2
expect_error_contains "no specification of CDI has vendor.com/device=2"
expect_error_contains "hint: there are: vendor.com/device=0 vendor.com/device=one"
device_bundle_again /dev/null
expect_error_contains '"/dev/null" is no device of CDI'
sed -i 's/createRuntime/someday/' "$WORK/cdi/vendor.yaml"
device_bundle_again vendor.com/device=0
expect_error_contains 'unknown stage "someday"'

# A newer version of the format: what is new is said, and the rest given.
sed -i 's/someday/prestart/; s/^containerEdits:/containerEdits:\n  quantum: true/' "$WORK/cdi/vendor.yaml"
rm "$WORK/hooked"
device_bundle_again vendor.com/device=0
case $STDERR in *"/containerEdits/quantum is not known here, and left out"*) ;; *) fail "no warning" ;; esac
[ -s "$WORK/hooked" ] || fail "the hook did not run"
