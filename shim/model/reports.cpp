// What the monitor tells the engine: messages on the sync pipe, and how a payload ended. Pure.
#include "shim/model/reports.h"

#include "base/json_writer.h"

namespace ocirt::shim {

std::string sync_message(int api_version, SyncValue what, int value, std::string_view text) {
  const std::string_view key =
      api_version >= 1 ? "data" : (what == SyncValue::Pid ? "pid" : "exit_code");
  std::string message = "{\"" + std::string(key) + "\": " + std::to_string(value);
  if (!text.empty()) {
    message += ", \"message\": ";
    append_json_string(message, text);
  }
  return message + "}\n";
}

int exit_number(const Ending& ending) {
  if (ending.timed_out || !ending.is_known) return -1;
  return ending.signal != 0 ? 128 + ending.signal : ending.exit_code;
}

std::string exit_record(const Ending& ending) {
  JsonWriter json;
  json.begin_object();
  json.member("exitCode", exit_number(ending));
  json.member("known", ending.is_known);
  json.member("signal", ending.signal);
  json.member("oomKilled", ending.oom_killed);
  json.member("timedOut", ending.timed_out);
  json.member("pid", ending.pid);
  json.member("started", Stamp::utc(ending.started).text());
  json.member("finished", Stamp::utc(ending.finished).text());
  json.end_object();
  return std::move(json).take() + "\n";
}

}  // namespace ocirt::shim
