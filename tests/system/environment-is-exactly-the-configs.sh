#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# Engines leave tokens, sockets and pipe numbers in ours.
new_bundle
payload cat /proc/self/environ
config '.process.env = ["PATH=/bin", "A=b=c", "EMPTY="]'
export _OCI_SYNCPIPE=3 XDG_RUNTIME_DIR=$WORK SECRET=token NOTIFY=x CONTAINERS_CONF=/x LD_PRELOAD=
run_container
expect_status 0
expect_equal "$(tr '\0' '\n' <"$OUT_FILE" | grep -v '^HOME=' | sort)" $'A=b=c\nEMPTY=\nPATH=/bin' environment
