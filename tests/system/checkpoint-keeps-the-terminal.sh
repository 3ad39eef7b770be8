#!/bin/bash
# Also in: vm
source "$(dirname "$0")/../lib.sh"
source "$TESTS/helpers/criu.sh"
need_criu

new_bundle
payload sh -c 'while read -r line; do echo "<$line>"; [ "$line" != end ] || exit 0; done'
config '.process.terminal = true'
spawn python3 "$TESTS/helpers/console.py" "$WORK/one.sock" "$WORK/one" $'before\n'
wait_until test -S "$WORK/one.sock"
start_container --console-socket "$WORK/one.sock"
wait_until grep -q '<before>' "$WORK/one.out"
checkpoint
expect_done

spawn python3 "$TESTS/helpers/console.py" "$WORK/two.sock" "$WORK/two" $'after\nend\n'
wait_until test -S "$WORK/two.sock"
restore --console-socket "$WORK/two.sock"
expect_done
wait_for_status stopped
wait_until grep -q '<after>' "$WORK/two.ended"
