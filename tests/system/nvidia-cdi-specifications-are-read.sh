#!/bin/bash
# cdi list and cdi check: JSON and YAML of any vendor; a file of another time is named.
source "$(dirname "$0")/../helpers/nvidia.bash"
need_root
mkdir "$WORK/cdi"
mknod -m 666 "$WORK/node" c 195 3
cat >"$WORK/cdi/vendor.yaml" <<END
---
# as nvidia-ctk writes it
cdiVersion: 0.7.0
kind: vendor.com/device
devices:
    - name: "0"
      containerEdits:
        deviceNodes:
            - path: /dev/node
              hostPath: $WORK/node
              major: 195
              fileMode: 438
            - {path: /dev/null}
    - name: first
      containerEdits:
        additionalGids: [44]
containerEdits:
    env:
        - NAME=value
    hooks:
        - hookName: createContainer
          path: /usr/bin/nvidia-cdi-hook
          args: [nvidia-cdi-hook, update-ldcache, --folder, /usr/lib64]
    mounts:
        - hostPath: $WORK/cdi
          containerPath: /cdi
          options: [ro, bind]
    futureThings: {}
END
nvidia_hook --help
HOST=/
cdi() {
  nvidia_hook cdi "$@" --spec-dir "$WORK/cdi"
}
cdi list
expect_status 0
expect_stdout $'vendor.com/device=0\nvendor.com/device=first'
case $STDERR in *"/containerEdits/futureThings is not known here"*) ;; *) fail "no warning" ;; esac

sed -i /futureThings/d "$WORK/cdi/vendor.yaml"
cdi check
expect_status 0
rm "$WORK/node"
mknod -m 666 "$WORK/node" c 196 3
cdi check
expect_status 1
expect_stdout_contains "$WORK/node is 196:3 by now"
rm "$WORK/node"
cdi check
expect_stdout_contains "$WORK/node is not there"

for text in 'a: &x [1]' '{' 'kind: [' 'a: {b: *x}' 'cdiVersion: 0.5.0' $'cdiVersion: 0.5.0\nkind: nonsense' \
  $'cdiVersion: 0.5.0\nkind: a.b/c\ncdiVersion: 0.6.0' $'cdiVersion: 0.5.0\nkind: a.b/c\ndevices: 3'; do
  echo "$text" >"$WORK/cdi/vendor.yaml"
  cdi check
  expect_status 1
  expect_equal "$(grep -c 'warning: .*vendor.yaml' <<<"$STDERR")" 1 "warnings about '$text'"
done
