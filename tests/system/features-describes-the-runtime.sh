#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# CRI-O reads stdout and stderr together.
"$OCIRT" features >"$WORK/features" 2>&1 || skip "the runtime has no features verb"
jq -e '(.ociVersionMin | test("^1\\.")) and (.ociVersionMax | test("^1\\."))
  and (.hooks | contains(["prestart", "createRuntime", "createContainer", "startContainer", "poststart", "poststop"]))
  and (.mountOptions | contains(["bind", "rbind", "ro", "rw", "nosuid", "rshared", "rro", "noexec"]))
  and (.linux.namespaces | contains(["cgroup", "ipc", "mount", "network", "pid", "user", "uts"]))
  and (.linux.capabilities | contains(["CAP_SYS_ADMIN", "CAP_CHECKPOINT_RESTORE"]))
  and (.linux.seccomp.enabled | type == "boolean")
  and (.linux.seccomp.actions | contains(["SCMP_ACT_ERRNO", "SCMP_ACT_NOTIFY"]))' "$WORK/features" >/dev/null ||
  fail "something is missing: $(cat "$WORK/features")"
