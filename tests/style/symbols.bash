# shellcheck shell=bash
# What the libraries of our build define and call, for tests that hold layers to what they may call.

library() {
  local path=$BUILD/libocirt_$1.a
  [ -e "$path" ] || { echo "no $path: build first" >&2; exit 1; }
  echo "$path"
}

# calls LAYER...: lines "object symbol", for each symbol that an object takes from elsewhere.
calls() {
  local layer
  for layer in "$@"; do
    nm -A -P -u "$(library "$layer")" | sed -nE 's/^.*\[(.*)\]: ([^ ]+) .*/\1 \2/p'
  done
}

# defined LAYER...: the symbols that the libraries give to others.
defined() {
  local layer
  for layer in "$@"; do
    nm -P --defined-only --extern-only "$(library "$layer")" | awk 'NF > 2 { print $1 }'
  done
}
