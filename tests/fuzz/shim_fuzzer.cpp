// Throws bytes at everything of the monitor that reads what a container, an engine or a client
// wrote.
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "shim/model/cgroup_text.h"
#include "shim/model/control.h"
#include "shim/model/journal_message.h"
#include "shim/model/line_frame.h"
#include "shim/model/notify_filter.h"
#include "shim/model/options.h"
#include "shim/model/packet_queue.h"
#include "shim/model/recovery_note.h"

namespace {

using namespace ocirt::shim;  // NOLINT(google-build-using-namespace): all of it is the target

void require(bool holds) {
  if (!holds) std::abort();
}

// Whatever is framed in pieces holds all of the data, in whole lines.
void frame(LogDriver driver, std::string_view data, uint64_t limit) {
  static std::vector<char> out(kLongestRecord);
  const Stamp stamp = Stamp::local({.seconds = 1, .nanoseconds = 2, .offset_s = 3600});
  while (!data.empty()) {
    Framed framed = frame_lines(driver, Stream::Stdout, stamp, data, {.in_file = limit}, out);
    require(framed.produced <= limit);
    if (framed.file_is_full && framed.consumed == 0) {
      framed = frame_lines(driver, Stream::Stdout, stamp, first_piece(data), {}, out);
    }
    require(framed.consumed > 0 && framed.consumed <= data.size());
    require(framed.produced > 0 && framed.produced <= out.size() &&
            out[framed.produced - 1] == '\n');
    data.remove_prefix(framed.consumed);
  }
}

void queue(std::string_view data) {
  PacketQueue packets;
  packets.push(Stream::Stderr, data);
  std::string seen;
  while (!packets.is_empty()) {
    require(packets.front().size() <= kLongestPacket + 1 && packets.front()[0] == 3);
    seen += packets.front().substr(1);
    packets.pop();
  }
  require(seen == data);
}

void understand(std::string_view text) {
  LineCutter cutter;
  cutter.feed(text, [](std::string_view line) {
    if (const auto message = parse_control(line)) require(message->size.rows <= 1000);
    (void)parse_window_size(line);
  });
  if (const auto note = parse_recovery_note(text)) {
    const auto again = parse_recovery_note(text_of(*note));
    require(again && *again == *note);
  }
  require(notify_lines(text).size() <= text.size());
  (void)memory_cgroup(text);
  (void)count_of(text, "oom_kill");
  std::vector<std::string_view> words;
  for (size_t begin = 0; begin <= text.size();) {
    const size_t end = std::min(text.find('\0', begin), text.size());
    words.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  if (const auto options = parse_options(words)) (void)check_options(*options);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* bytes, size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(bytes), size);
  const uint64_t limit = size == 0 ? 0 : uint64_t{bytes[0]} * 256;
  frame(LogDriver::KubernetesFile, text, limit);
  frame(LogDriver::JsonFile, text, limit);
  queue(text);
  understand(text);
  Options options;
  options.cid = "0123456789abcdef";
  JournalLines lines(options);
  const auto check = [](const std::string& record) { require(record.back() == '\n'); };
  lines.feed(Stream::Stdout, text, check);
  lines.finish(check);
  return 0;
}
