#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'awk "{ for (i = 7; \$i != \"-\"; i++); print \$5, \$(i + 1) }" /proc/self/mountinfo | grep -vE "^/(proc|sys)/|^/ |devtmpfs" | sort'
run_container
expect_status 0
expect_stdout '/dev tmpfs
/dev/mqueue mqueue
/dev/pts devpts
/dev/shm tmpfs
/proc proc
/sys sysfs'
