#!/bin/bash
# From the start to the record of the end, whatever happens to the monitor.
source "$(dirname "$0")/shim.bash"
better \
  a_silent_failure_has_a_message \
  plugins_for_seccomp_are_refused \
  a_terminal_is_passed_through \
  wrong_options_have_a_message \
  the_record_has_more_than_a_number \
  garbage_in_ctl_harms_nobody \
  a_storm_of_sizes_ends_with_the_last \
  an_idle_monitor_never_wakes_up \
  a_pipe_is_wide_while_much_comes \
  a_killed_monitor_leaves_no_false_code \
  a_monitor_killed_at_any_time_leaves_whole_files \
  quick_commands_lose_no_code \
  a_chatty_runtime_does_not_hang \
  orphans_are_reaped
