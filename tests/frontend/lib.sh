# shellcheck shell=bash
# What the tests of ocictl share: a registry on loopback, a store, and assertions.
#
#   source "$(dirname "$0")/lib.sh"
#   start_registry
#   make_image one
#   push_image one
#   ocictl pull "$REGISTRY/one"
#   expect_status 0
#
# Names in capitals are for the test to read: WORK STORE REGISTRY, and of the latest call STATUS STDOUT STDERR.

source "$(dirname "${BASH_SOURCE[0]}")/../lib.sh"
: "${OCICTL:=$(dirname "$OCIRT")/ocictl}"
STORE=$WORK/store
export REGISTRY_AUTH_FILE=$WORK/auth.json
export CONTAINERS_REGISTRIES_CONF=$WORK/registries.conf
printf '' >"$CONTAINERS_REGISTRIES_CONF"

# Calls ocictl with the test's store; keeps STATUS, STDOUT and STDERR.
ocictl() {
  keep_output_of "${RUN_AS[@]}" "$OCICTL" --root "$STORE" "$@"
  CALL="ocictl $*"
}

free_port() {
  python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

# Starts Debian's registry; more lines of its configuration come from stdin. REGISTRY is its host and port, which
# registries.conf calls insecure.
start_registry() {
  need_command docker-registry
  local port
  port=$(free_port)
  REGISTRY=localhost:$port
  mkdir -p "$WORK/registry"
  { cat <<CONFIG
version: 0.1
log: {accesslog: {disabled: false}}
storage:
  filesystem: {rootdirectory: $WORK/registry}
  delete: {enabled: true}
CONFIG
    cat
  } >"$WORK/registry.yml"
  grep -q '^http:' "$WORK/registry.yml" || echo 'http:' >>"$WORK/registry.yml"
  sed -i "s/^http:.*/http:\n  addr: 127.0.0.1:$port/" "$WORK/registry.yml"
  # It takes REGISTRY_* for its own configuration.
  spawn env -u REGISTRY_AUTH_FILE docker-registry serve "$WORK/registry.yml" >"$WORK/registry.log" 2>&1
  disown "$HELPER"
  wait_until bash -c "exec 3<>/dev/tcp/127.0.0.1/$port"
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >>"$CONTAINERS_REGISTRIES_CONF"
}

# The requests that the registry has answered, one a line: "GET /v2/...  200".
requests() {
  sed -nE 's/^127\.0\.0\.1 .*"(GET|HEAD|PUT|POST|PATCH) ([^ ]+) HTTP[^"]*" ([0-9]+).*/\1 \2 \3/p' "$WORK/registry.log"
}

# make_layout NAME DIR...: an OCI layout at WORK/NAME.oci with one layer for each directory, as gzip.
make_layout() {
  local name=$1 dir
  shift
  local layers=()
  for dir in "$@"; do
    tar -C "$dir" --pax-option=delete=atime,delete=ctime --xattrs --xattrs-include='*' --numeric-owner -cf "$WORK/$name.${#layers[@]}.tar" .
    layers+=("$WORK/$name.${#layers[@]}.tar")
  done
  "$TESTS/helpers/make_image.py" "$WORK/$name.oci" "${layers[@]}"
}

# Brings an OCI layout into the registry, by skopeo.
push_layout() {
  skopeo copy -q --dest-tls-verify=false "oci:$WORK/$1.oci:latest" "docker://$REGISTRY/${2:-$1}" >/dev/null
}

# The directory of the uppermost layer of an image in the store.
top_tree() {
  "$OCICTL" --root "$STORE" image inspect -f '{{.GraphDriver.Data.UpperDir}}' "$1"
}

expect_stderr_has() {
  [[ $STDERR == *"$1"* ]] || fail "stderr lacks \"$1\""
}

# start_fake LAYOUT [OPTION...]: tests/helpers/fake_registry.py as REGISTRY; what it was asked is in FAKE/requests.
start_fake() {
  FAKE=$(mktemp -d "$WORK/fake.XXXXXX")
  spawn python3 "$TESTS/helpers/fake_registry.py" "$WORK/$1.oci" "$FAKE" "${@:2}" 2>"$FAKE/errors"
  disown "$HELPER"
  wait_until test -e "$FAKE/ports"
  read -r FAKE_PORT _ <"$FAKE/ports"
  REGISTRY=localhost:$FAKE_PORT
  printf '[[registry]]\nlocation = "%s"\ninsecure = true\n' "$REGISTRY" >>"$CONTAINERS_REGISTRIES_CONF"
}

# make_simple_layout NAME BYTES: one layer with a file that doesn't compress.
make_simple_layout() {
  mkdir -p "$WORK/$1"
  head -c "$2" /dev/urandom >"$WORK/$1/file"
  make_layout "$1" "$WORK/$1"
}
