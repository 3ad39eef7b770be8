#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "crun's --log has these forms"
[ ! -S /dev/log ] || skip "a syslog runs here"
ocirt --log syslog:x list
expect_error_contains "/dev/log"
[ ! -S /run/systemd/journal/socket ] || skip "a journal runs here"
ocirt --log journald:x list
expect_error_contains "/run/systemd/journal/socket"
