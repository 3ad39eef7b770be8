#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc 1.1 knows the specification 1.0"
jq -e '(.linux.namespaces | contains(["time"])) and .linux.mountExtensions.idmap.enabled and (.mountOptions | contains(["idmap", "ridmap"]))
  and (.linux.memoryPolicy.modes | contains(["MPOL_BIND", "MPOL_WEIGHTED_INTERLEAVE"]))
  and (.linux.memoryPolicy.flags | contains(["MPOL_F_STATIC_NODES"]))
  and (.potentiallyUnsafeConfigAnnotations | type == "array") and (.linux.cgroup.v2 | type == "boolean")
  and (.ociVersionMax | test("^1\\.3"))' <<<"$("$OCIRT" features)" >/dev/null || fail "$("$OCIRT" features)"
