#!/bin/bash
# An image's links at every place that the GPU hook writes to, and while it works: nothing of the host is
# touched or shown (CVE-2024-0132, -0133, -0134, CVE-2025-23359, CVE-2025-23267, CVE-2026-24260).
source "$(dirname "$0")/../helpers/nvidia_container.bash"
need_root
nvidia_host "$WORK/host"
make_canary
source "$TESTS/helpers/nvidia_attacks.bash"
HOST_BEFORE=$(snapshot_tree "$WORK/host/usr")

# attack PREPARE: runs the hook on an image that the function has prepared.
attack() {
  gpu_bundle prestart
  attack_bundle "$1"
}

for prepare in "${HARMLESS_ATTACKS[@]}"; do
  attack "$prepare"
  expect_stdout_contains "fake nvidia-smi"
  expect_stdout_contains "seen: 0"
done
for prepare in "${OTHER_ATTACKS[@]}"; do attack "$prepare"; done
for _ in 1 2 3 4 5; do attack links_change_meanwhile; done
