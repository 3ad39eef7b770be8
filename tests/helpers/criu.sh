# shellcheck shell=bash
# For tests that checkpoint and restore. Sourced after lib.sh.

# CRIU has to fit the kernel: an old one doesn't run on a new kernel at all.
need_criu() {
  need_root
  need_command criu
  local said
  said=$(criu check 2>&1) || skip "criu check fails here: $(tail -n 1 <<<"$said")"
}

# The payload counts on in /dev/shm/n, which lives in the container alone.
counting_payload() {
  payload sh -c 'i=0; while :; do i=$((i + 1)); echo $i >/dev/shm/m; mv /dev/shm/m /dev/shm/n; sleep 0.05; done'
}

count() {
  "$OCIRT" --root "$STATE_ROOT" exec "$ID" cat /dev/shm/n
}

has_counted_to() {
  [ "$(count)" -ge "$1" ]
}

# expect_counting FROM: it has counted to FROM at least, and goes on.
expect_counting() {
  local now
  wait_until has_counted_to "$1"
  now=$(count)
  wait_until has_counted_to $((now + 2))
}

checkpoint() {
  ocirt checkpoint --image-path "$WORK/images" "$@" "$ID"
}

restore() {
  ocirt restore --detach --bundle "$BUNDLE" --image-path "$WORK/images" "$@" "$ID"
}

# What CRIU said, when a test fails.
expect_done() {
  [ "$STATUS" = 0 ] || fail "not done: $(tail -n 20 "$WORK"/images/*.log)"
}
