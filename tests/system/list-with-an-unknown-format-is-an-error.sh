#!/bin/bash
source "$(dirname "$0")/../lib.sh"

ocirt list --format yaml
expect_failure
