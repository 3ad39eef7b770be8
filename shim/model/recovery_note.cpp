// What a monitor leaves for whoever has to finish its work: should it die before the payload. Pure.
#include "shim/model/recovery_note.h"

#include <charconv>

namespace ocirt::shim {
namespace {

constexpr std::string_view kVersion = "ocirt-shim recovery 1\n";
constexpr std::string_view kEnd = "end";  // without it the note was cut off

void put(std::string& out, std::string_view name, std::string_view value) {
  out += name;
  out += '=';
  out += value;
  out += '\0';
}

template <typename Number>
bool take_number(Number& number, std::string_view value) {
  const auto [end, code] = std::from_chars(value.data(), value.data() + value.size(), number);
  return code == std::errc{} && end == value.data() + value.size();
}

// False for a name that isn't known, or a value that can't be one.
bool take(RecoveryNote& note, std::string_view name, std::string_view value) {
  if (name == "pid") return take_number(note.pid, value) && note.pid > 0;
  if (name == "start-time") return take_number(note.start_time, value);
  if (name == "started") return take_number(note.started_s, value);
  if (name == "exit-command-arg") {
    note.exit_command_args.emplace_back(value);
    return true;
  }
  if (name == "environment") {
    note.environment.emplace_back(value);
    return true;
  }
  std::string* text = name == "boot-id"        ? &note.boot_id
                      : name == "cid"          ? &note.cid
                      : name == "bundle"       ? &note.bundle
                      : name == "exit-dir"     ? &note.exit_dir
                      : name == "persist-dir"  ? &note.persist_dir
                      : name == "exit-command" ? &note.exit_command
                                               : nullptr;
  if (text != nullptr) *text = value;
  return text != nullptr;
}

}  // namespace

std::string text_of(const RecoveryNote& note) {
  std::string out(kVersion);
  put(out, "pid", std::to_string(note.pid));
  put(out, "start-time", std::to_string(note.start_time));
  put(out, "boot-id", note.boot_id);
  put(out, "started", std::to_string(note.started_s));
  put(out, "cid", note.cid);
  put(out, "bundle", note.bundle);
  put(out, "exit-dir", note.exit_dir);
  put(out, "persist-dir", note.persist_dir);
  put(out, "exit-command", note.exit_command);
  for (const std::string& word : note.exit_command_args) put(out, "exit-command-arg", word);
  for (const std::string& variable : note.environment) put(out, "environment", variable);
  put(out, kEnd, "");
  return out;
}

Result<RecoveryNote> parse_recovery_note(std::string_view text) {
  if (!text.starts_with(kVersion)) {
    return make_error(ErrorKind::InvalidConfig, "not a recovery note of this version");
  }
  text.remove_prefix(kVersion.size());
  RecoveryNote note;
  while (true) {
    const size_t end = text.find('\0');
    if (end == text.npos) return make_error(ErrorKind::InvalidConfig, "the note was cut off");
    const std::string_view entry = text.substr(0, end);
    text.remove_prefix(end + 1);
    const size_t equals = entry.find('=');
    const std::string_view name = entry.substr(0, equals);
    if (equals != entry.npos && name == kEnd) break;
    if (equals == entry.npos || !take(note, name, entry.substr(equals + 1))) {
      return make_error(ErrorKind::InvalidConfig, "not understood: \"" + std::string(name) + "\"");
    }
  }
  if (note.pid == 0 || note.cid.empty() || note.cid.find('/') != note.cid.npos) {
    return make_error(ErrorKind::InvalidConfig, "the note names no payload");
  }
  return note;
}

}  // namespace ocirt::shim
