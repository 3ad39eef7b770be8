// The mounts that a process sees: /proc/PID/mountinfo, read. Pure.
#include "runtime/plan/mount_table.h"

#include <charconv>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

bool is_octal(char digit) {
  return digit >= '0' && digit <= '7';
}

// The kernel writes a space as "\040", and likewise tab, newline and backslash.
std::string unescape(std::string_view text) {
  std::string plain;
  for (size_t i = 0; i < text.size(); ++i) {
    const bool is_escape = text[i] == '\\' && i + 3 < text.size() && is_octal(text[i + 1]) &&
                           is_octal(text[i + 2]) && is_octal(text[i + 3]);
    if (!is_escape) {
      plain += text[i];
      continue;
    }
    plain += static_cast<char>((text[i + 1] - '0') << 6 | (text[i + 2] - '0') << 3 |
                               (text[i + 3] - '0'));
    i += 3;
  }
  return plain;
}

bool read_number(std::string_view text, int& number) {
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

}  // namespace

std::vector<MountedTree> parse_mount_table(std::string_view mountinfo) {
  std::vector<MountedTree> mounts;
  for (const std::string_view line : split(mountinfo, '\n')) {
    // 36 35 98:0 /root /mount/point rw,noatime shared:1 master:2 - ext4 /dev/root rw
    const std::vector<std::string_view> words = split(line, ' ');
    constexpr size_t kFirstTag = 6;
    size_t separator = kFirstTag;
    while (separator < words.size() && words[separator] != "-") ++separator;
    if (separator + 1 >= words.size()) continue;
    MountedTree mount{.device = std::string(words[2]),
                      .root = unescape(words[3]),
                      .mount_point = unescape(words[4]),
                      .type = std::string(words[separator + 1])};
    if (read_number(words[0], mount.id) && read_number(words[1], mount.parent)) {
      mounts.push_back(std::move(mount));
    }
  }
  return mounts;
}

}  // namespace ocirt::plan
