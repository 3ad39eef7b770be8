#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# In the container's PATH, as its user, from its directory; `start` could not tell any more.
new_bundle
payload nonesuch
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_contains 'exec: "nonesuch": executable file not found in $PATH'
expect_no_leftovers
payload /no/such/program
ocirt create --bundle "$BUNDLE" "$ID"
expect_status 1
expect_error_matches 'exec: "/no/such/program":.*no such file or directory'
case $STDERR in
  *"no such file or directory"*) ;; # by letters: docker's client exits with 127 for them alone
  *) fail "not in lower case" ;;
esac
expect_no_leftovers
