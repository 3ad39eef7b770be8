#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload sh -c 'grep " /m " /proc/self/mountinfo | cut -d" " -f6'
add_mount /m tmpfs tmpfs ro nosuid suid rw noexec
run_container
expect_status 0
case ,$STDOUT, in *,ro,* | *,nosuid,*) fail "$STDOUT" ;; *,noexec,*) ;; *) fail "$STDOUT" ;; esac
