// Records of systemd's journal in its native protocol, and the lines that become them. Pure.
#include "shim/model/journal_message.h"

#include <algorithm>
#include <cstdint>
#include <utility>

namespace ocirt::shim {
namespace {

constexpr size_t kShortId = 12;

// A name that the journal takes: capitals, digits and "_", not beginning with "_" or a digit.
bool is_field_name(std::string_view name) {
  if (name.empty() || name.size() > 64 || name[0] == '_' || (name[0] >= '0' && name[0] <= '9')) {
    return false;
  }
  return std::all_of(name.begin(), name.end(), [](char c) {
    return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
  });
}

// "<N>" in front of a line says its priority, as systemd's own services may (sd-daemon(3)).
char take_priority(std::string_view& line, Stream stream) {
  if (line.size() >= 3 && line[0] == '<' && line[1] >= '0' && line[1] <= '7' && line[2] == '>') {
    const char priority = line[1];
    line.remove_prefix(3);
    return priority;
  }
  return stream == Stream::Stdout ? '6' : '3';
}

}  // namespace

void append_journal_field(std::string& message, std::string_view name, std::string_view value) {
  message += name;
  if (value.find('\n') == value.npos) {
    message += '=';
  } else {
    message += '\n';
    for (uint64_t rest = value.size(), i = 0; i < 8; ++i, rest >>= 8) {
      message += static_cast<char>(rest & 0xff);
    }
  }
  message += value;
  message += '\n';
}

JournalLines::JournalLines(const Options& options) : marks_partial_(!options.no_partial_message) {
  const std::string_view short_id = std::string_view(options.cid).substr(0, kShortId);
  append_journal_field(fields_, "CONTAINER_ID_FULL", options.cid);
  append_journal_field(fields_, "CONTAINER_ID", short_id);
  if (!options.log_tag.empty()) append_journal_field(fields_, "CONTAINER_TAG", options.log_tag);
  if (!options.name.empty()) append_journal_field(fields_, "CONTAINER_NAME", options.name);
  const std::string_view identifier = !options.log_tag.empty() ? std::string_view(options.log_tag)
                                      : !options.name.empty()  ? std::string_view(options.name)
                                                               : short_id;
  append_journal_field(fields_, "SYSLOG_IDENTIFIER", identifier);
  for (const std::string& label : options.log_labels) {
    const size_t equals = label.find('=');
    const std::string_view name = std::string_view(label).substr(0, equals);
    if (equals == label.npos || !is_field_name(name)) continue;  // the journal would drop it
    append_journal_field(fields_, name, std::string_view(label).substr(equals + 1));
  }
}

bool JournalLines::take(Stream stream, std::string_view& data) {
  std::string& line = pending(stream);
  const size_t newline = data.find('\n');
  const size_t wanted = newline == data.npos ? data.size() : newline + 1;
  const size_t taken = std::min(wanted, kLongestPiece - line.size());
  line += data.substr(0, taken);
  data.remove_prefix(taken);
  return line.back() == '\n' || line.size() == kLongestPiece;
}

std::string JournalLines::record(Stream stream) {
  const std::string whole = std::exchange(pending(stream), std::string());
  std::string_view line = whole;
  const bool is_partial = line.back() != '\n';
  if (!is_partial) line.remove_suffix(1);
  const char priority = take_priority(line, stream);
  std::string message;
  message.reserve(line.size() + fields_.size() + 80);
  append_journal_field(message, "MESSAGE", line);
  append_journal_field(message, "PRIORITY", {&priority, 1});
  message += fields_;
  if (is_partial && marks_partial_) {
    append_journal_field(message, "CONTAINER_PARTIAL_MESSAGE", "true");
  }
  return message;
}

}  // namespace ocirt::shim
