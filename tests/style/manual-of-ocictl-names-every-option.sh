#!/bin/bash
# The manual page of ocictl has a section for each of these verbs, and each section the options that the verb has.
source "$(dirname "$0")/house.bash"
OCICTL=${OCICTL:-$(dirname "${OCIRT:-$BUILD/bin/ocirt}")/ocictl}
MANUAL=docs/man/ocictl.1.md
[ -x "$OCICTL" ] || skip "no ocictl is built"

options_in() {
  grep -oE '(^|[^[:alnum:]-])--[a-z][a-z-]+' | grep -oE -- '--[a-z-]+' | grep -vx -e --help | sort -u || true
}
section_of() {
  awk -v head="### $1" '$0 == head { on = 1; next } /^##/ { on = 0 } on' $MANUAL
}

VERBS=(pull push images "image inspect" "image exists" history tag untag rmi save load import "image prune"
  "image verify" login logout "system df" "system migrate" "system prune" "system reset" completion inspect top stats port
  update info version doctor run start attach exec stop restart kill pause unpause wait ps logs rename rm
  "container prune")
for verb in "${VERBS[@]}"; do
  grep -qxF "### $verb" $MANUAL || { finding "$MANUAL: no section \"$verb\""; continue; }
  read -ra words <<<"$verb"
  known=$("$OCICTL" "${words[@]}" --help | sed -n '/^options/,$p' | { grep -oE '^  .{0,6}--[a-z-]+' || true; } | options_in)
  while read -r option; do
    [ -z "$option" ] || finding "$MANUAL: $verb: $option is $(
      grep -qxF -- "$option" <<<"$known" && echo missing || echo unknown to the program)"
  done < <(comm -3 <(echo "$known") <(section_of "$verb" | sed -E 's/rather `--password-stdin`//' | options_in) | tr -d '\t')
done
verdict
