#!/bin/bash
# What clients of the attach socket may do, and what they may not.
source "$(dirname "$0")/shim.bash"
better \
  a_client_that_comes_first_sees_everything \
  clients_see_the_end_after_the_record \
  a_client_that_does_not_read_stalls_nobody \
  a_slow_client_loses_nothing \
  a_stuck_client_is_told_what_it_missed \
  other_clients_input_is_not_lost \
  input_comes_byte_by_byte
