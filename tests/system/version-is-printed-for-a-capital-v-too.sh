#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt_only "runc has no -V"
expect_equal "$("$OCIRT" -V)" "$("$OCIRT" --version)" "-V"
