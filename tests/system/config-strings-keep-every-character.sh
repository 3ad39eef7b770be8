#!/bin/bash
source "$(dirname "$0")/../lib.sh"

new_bundle
payload echo $'quotes " \' back\\slash tab\t newline\n ünïcödé 😀 $HOME `x`'
run_container
expect_status 0
expect_stdout $'quotes " \' back\\slash tab\t newline\n ünïcödé 😀 $HOME `x`'
