#!/bin/bash
# The manual page and the program's own help know the same verbs and options.
source "$(dirname "$0")/house.bash"
OCIRT=${OCIRT:-$BUILD/bin/ocirt}
MANUAL=docs/man/ocirt.8.md
[[ $("$OCIRT" --version) = "ocirt version"* ]] || skip "not asked of other runtimes"

options_in() {
  grep -oE '(^|[^[:alnum:]-])--[a-z][a-z-]+' | grep -oE -- '--[a-z-]+' | sort -u
}

verbs=$("$OCIRT" --help | sed -n '/^verbs:/,/^$/s/^  \([a-z]*\) .*/\1/p')
known=$({ "$OCIRT" --help; for verb in $verbs; do "$OCIRT" "$verb" --help; done; } | options_in)
for verb in $verbs; do
  grep -qE "^### (.*, )?$verb( |$|,)" $MANUAL || finding "$MANUAL: no verb $verb"
done
while read -r option; do finding "$MANUAL: $option is $(
  grep -qxF -- "$option" <<<"$known" && echo missing || echo unknown to the program)"; done < <(
  comm -3 <(echo "$known") <(options_in <$MANUAL) | tr -d '\t')
verdict
