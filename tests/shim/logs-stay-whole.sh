#!/bin/bash
# Logs stay whole: on a full disk, across rotation, in several places.
source "$(dirname "$0")/shim.bash"
better \
  a_full_disk_tears_no_line_and_loses_no_code \
  what_a_full_disk_lost_is_told \
  rotation_keeps_every_line \
  json_log_is_dockers \
  two_logs_get_the_same
