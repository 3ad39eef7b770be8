#!/bin/bash
source "$(dirname "$0")/../lib.sh"

# runc keeps the bundle's path in its state under this name, where an image could forge it.
ocirt_only "runc takes it"
new_bundle
config '.annotations.bundle = "/elsewhere"'
run_container
expect_error_contains "/annotations/bundle"
expect_no_leftovers
