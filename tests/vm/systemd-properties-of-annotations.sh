#!/bin/bash
# org.systemd.property.* are properties of the unit; what systemd refuses is an error, and nothing stays.
# As: root dev
source "$(dirname "$0")/systemd.bash"
systemd_bundle
config '.annotations = {"org.systemd.property.TimeoutStopSec": "7",
  "org.systemd.property.Description": "'"'a test'"'", "org.systemd.property.MemoryHigh": "uint64 50000000",
  "org.systemd.property.AllowedCPUs": "[byte 1]", "org.systemd.property.Documentation": "['"'man:a(1)', 'man:b(1)'"']"}'
payload sleep 1000
start_container
expect_equal "$(show TimeoutStopUSec)" 7s TimeoutStopUSec
expect_equal "$(show Description)" "a test" Description
expect_equal "$(show MemoryHigh)" 50000000 MemoryHigh
expect_equal "$(show AllowedCPUs)" 0 AllowedCPUs
expect_equal "$(show Documentation)" '"man:a(1)" "man:b(1)"' Documentation
ocirt delete --force "$ID"
expect_no_unit

config '.annotations = {"org.systemd.property.CollectMode": "'"'nonsense'"'"}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains "systemd: start $UNIT: "
expect_error_contains "org.systemd.property"
expect_no_unit
expect_no_leftovers
config '.annotations = {"org.systemd.property.Nonsense": "true"}'
ocirt create --bundle "$BUNDLE" "$ID"
expect_error_contains Nonsense
expect_no_unit
