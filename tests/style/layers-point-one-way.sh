#!/bin/bash
# A file includes only from layers that its own layer stands on: docs/architecture.md, Layout.
source "$(dirname "$0")/house.bash"

# The layer of a file: the longest of these folders that it lies in.
layer_of() {
  case $1 in
    runtime/plan/*) echo runtime/plan ;;
    runtime/store/*) echo runtime/store ;;
    runtime/stages/*) echo runtime/stages ;;
    runtime/*) echo runtime ;;
    frontend/*/*) echo "frontend/$(cut -d/ -f2 <<<"$1")" ;;
    hooks/nvidia/plan/*) echo hooks/plan ;;
    shim/model/*) echo shim/model ;;
    base/* | sys/* | spec/* | systemd/* | shim/* | hooks/* | frontend/*) echo "${1%%/*}" ;;
  esac
}

# What a layer may include, itself among them.
allowed_for() {
  case $1 in
    base) echo base ;;
    sys) echo base sys ;;
    spec) echo base spec ;;
    hooks/plan) echo base hooks/plan ;;
    hooks) echo base sys spec hooks/plan hooks ;;
    runtime/plan) echo base spec runtime/plan ;;
    runtime/store) echo base sys spec runtime/plan runtime/store ;;
    runtime/stages) echo base sys spec hooks/plan hooks runtime/plan runtime/store runtime/stages ;;
    runtime) echo base sys spec hooks/plan hooks runtime/plan runtime/store runtime/stages runtime ;;
    frontend/digest) echo base frontend/digest ;;
    frontend/unpack) echo base sys frontend/digest frontend/unpack ;;
    frontend/registry) echo base sys frontend/digest frontend/registry ;;
    frontend/images) echo base sys frontend/digest frontend/unpack frontend/registry frontend/images ;;
    frontend/model) echo base frontend/model ;;
    frontend/bundle) echo base sys frontend/digest frontend/unpack frontend/model frontend/bundle ;;
    frontend/network) echo base sys frontend/model frontend/network ;;
    frontend/containers) echo base sys frontend/digest frontend/unpack frontend/registry frontend/images frontend/model frontend/bundle frontend/network frontend/containers ;;
    frontend/commands) echo base sys hooks/plan hooks frontend/digest frontend/unpack frontend/registry frontend/images frontend/archive frontend/model frontend/bundle frontend/network frontend/containers frontend/commands ;;
    frontend/archive) echo base sys frontend/digest frontend/unpack frontend/registry frontend/images frontend/archive ;;
    frontend) echo base frontend/commands frontend ;;
    shim/model) echo base shim/model ;;
    shim) echo base sys shim/model shim ;;
    *) echo base sys spec "$1" ;; # a program of its own: systemd
  esac
}

while read -r file; do
  layer=$(layer_of "$file")
  [ -n "$layer" ] || continue
  allowed=" $(allowed_for "$layer") "
  while IFS=: read -r line include; do
    included=$(cut -d'"' -f2 <<<"$include")
    target=$(layer_of "$included")
    if [ -z "$target" ]; then
      finding "$file:$line: \"$included\" is not named from the root of the tree"
    elif [[ $allowed != *" $target "* ]]; then
      finding "$file:$line: $layer must not include $target ($included)"
    fi
  done < <(grep -nE '^ *# *include *"' "$file" || true)
done < <(c_sources)
verdict
