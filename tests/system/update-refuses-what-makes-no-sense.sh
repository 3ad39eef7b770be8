#!/bin/bash
source "$(dirname "$0")/../lib.sh"

need_root
ocirt_only "on the texts of errors"
new_bundle
payload sleep 1000
start_container
refuse() { # refuse WORDS OPTION...
  local words=$1
  shift
  ocirt update "$@" "$ID"
  expect_status 1
  expect_error_contains "$words"
}
refuse '--memory takes a size such as 64m' --memory 64x
refuse '--cpu-quota takes a whole number' --cpu-quota half
refuse '--cpu-share takes a whole number of 0 or more' --cpu-share -5
refuse '--blkio-weight takes a number' --blkio-weight 5000
refuse 'must be from 10 to 1000' --blkio-weight 5
refuse 'Intel RDT' --l3-cache-schema 'L3:0=f'
refuse 'Intel RDT' --mem-bw-schema 'MB:0=50'
refuse 'unknown option' --memory-hog 5
ocirt update --pids-limit 5 nobody
expect_status 1
expect_error_contains "does not exist"
