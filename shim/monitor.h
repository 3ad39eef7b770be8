// The monitor: everything that one container's life needs, and the loop that serves it.
//
// monitor.cpp has the table of contents and the loop; monitor_start.cpp what happens until the
// engine is told the pid, monitor_output.cpp output and input, monitor_end.cpp the end.
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/attach.h"
#include "shim/buffers.h"
#include "shim/clock.h"
#include "shim/control_fifos.h"
#include "shim/engine.h"
#include "shim/exit_files.h"
#include "shim/flow.h"
#include "shim/input.h"
#include "shim/logs.h"
#include "shim/loop.h"
#include "shim/memory_watch.h"
#include "shim/model/machine.h"
#include "shim/model/options.h"
#include "shim/model/reports.h"
#include "shim/notify_proxy.h"
#include "shim/payload.h"
#include "shim/recovery.h"
#include "shim/stdio.h"

namespace ocirt::shim {

/// Memory that was needed for the start, or for much output, is given back this much later.
constexpr int64_t kGiveBackAfter_ms = 1000;

class Monitor {
 public:
  Monitor(const Options& options, EnginePipes engine, Logs logs, Loop loop, Buffers buffers,
          std::string own_oom_score);

  /// Lives the container's life. Returns our exit status. Only signals in signals_to_hold() may be
  /// pending, blocked.
  int run();

 private:
  void enter(Event event);

  // monitor_start.cpp
  Result<> set_up();
  Result<> start_runtime();
  void check_runtime();
  Result<> take_payload(const sys::ExitStatus& status);
  Result<> serve_payload();
  void fail(const Error& error);
  Result<> receive_terminal();
  void read_early_stderr();

  // monitor.cpp
  void serve();
  void dispatch(const Happening& happening);
  [[nodiscard]] int timeout_ms() const;
  void meet_deadlines();
  void take_signals();
  void reap();

  // monitor_output.cpp
  void read_output(Stream stream);
  Flow& flow_of(Stream stream) { return stream == Stream::Stdout ? stdout_flow_ : stderr_flow_; }
  void pass_on(Stream stream, std::string_view data);
  void follow_pauses();
  void watch_output();
  void take_input(int client);
  void close_input();
  void hear_client(const Happening& happening);
  void resize(const ControlFifos::Wishes& wishes);
  void apply_size();
  void drain(Stream stream);

  // monitor_end.cpp
  void check_payload();
  bool check_memory();
  void hear_of_memory();
  void look_at_memory_again(int64_t now_ms);
  void finish();
  void record();
  int run_exit_command();
  [[nodiscard]] std::string record_directory() const;

  const Options& options_;
  EnginePipes engine_;
  Logs logs_;
  Loop loop_;
  Buffers buffers_;
  std::string own_oom_score_;  // to be given back to our children; empty: it never changed

  State state_ = State::Starting;
  UniqueFd signals_;
  Stdio stdio_;
  ConsoleSocket console_;
  UniqueFd terminal_;
  bool terminal_is_quiet_ = false;  // nobody has it open: wait for an edge, since HUP is a level
  std::optional<WindowSize> size_;
  AttachServer attach_;
  Input input_;
  ControlFifos fifos_;
  NotifyProxy notify_;
  MemoryWatch memory_;
  std::optional<ReservedFile> exit_file_;
  std::optional<ReservedFile> persistent_exit_file_;

  sys::Child runtime_;
  std::string early_stderr_;  // of the runtime, or of a payload that is quicker than we are
  Payload payload_;
  RecoveryEntry recovery_;
  Ending ending_;
  WallClock clock_;
  std::optional<int64_t> kill_at_ms_;
  std::optional<int64_t> give_back_at_ms_;
  std::optional<int64_t> look_at_memory_at_ms_;
  int memory_looks_left_ = 0;
  Flow stdout_flow_;
  Flow stderr_flow_;
  bool is_paused_ = false;
  bool runtime_failed_ = false;
};

}  // namespace ocirt::shim
