// Reads what the driver and the kernel write below /proc, as text. Pure.
#include "hooks/nvidia/plan/proc_text.h"

#include <algorithm>
#include <charconv>

namespace ocirt::nvidia {

namespace {

constexpr std::string_view kBlanks = " \t\r\n";

bool is_version_word(std::string_view word) {
  return word.find('.') != std::string_view::npos &&
         std::all_of(word.begin(), word.end(),
                     [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::string_view trimmed(std::string_view text) {
  const size_t start = text.find_first_not_of(kBlanks);
  if (start == std::string_view::npos) return {};
  return text.substr(start, text.find_last_not_of(kBlanks) - start + 1);
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    lines.push_back(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return lines;
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  for (;;) {
    const size_t start = line.find_first_not_of(kBlanks);
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const size_t end = std::min(line.find_first_of(kBlanks), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

std::optional<uint32_t> parse_decimal(std::string_view text) {
  uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || text.empty()) return std::nullopt;
  return number;
}

std::optional<uint32_t> numbered(std::string_view name, std::string_view prefix) {
  if (!name.starts_with(prefix)) return std::nullopt;
  return parse_decimal(name.substr(prefix.size()));
}

std::string parse_driver_version(std::string_view text) {
  // "NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.159.03  Tue ...", or, of the open module,
  // "NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.159.03  Release Build ...".
  for (const std::string_view line : lines_of(text)) {
    if (!line.starts_with("NVRM version:")) continue;
    for (const std::string_view word : words_of(line)) {
      if (is_version_word(word)) return std::string(word);
    }
  }
  return {};
}

std::map<std::string, uint32_t> parse_proc_devices(std::string_view text) {
  std::map<std::string, uint32_t> majors;
  for (const std::string_view line : lines_of(text)) {
    if (line.starts_with("Block devices:")) break;
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 2) continue;
    if (const auto major = parse_decimal(words[0])) majors.emplace(words[1], *major);
  }
  return majors;
}

GpuInformation parse_gpu_information(std::string_view text) {
  GpuInformation found;
  for (const std::string_view line : lines_of(text)) {
    const size_t colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const std::string_view key = trimmed(line.substr(0, colon));
    const std::string_view value = trimmed(line.substr(colon + 1));
    if (key == "Model") found.model = value;
    if (key == "GPU UUID" && value.find('?') == std::string_view::npos) found.uuid = value;
    if (key == "Bus Location") found.pci_address = value;
    if (key == "Device Minor") found.minor = parse_decimal(value);
    if (key == "GPU Excluded") found.is_excluded = value == "Yes";
  }
  return found;
}

std::map<std::string, uint32_t> parse_mig_minors(std::string_view text) {
  std::map<std::string, uint32_t> minors;
  for (const std::string_view line : lines_of(text)) {
    const std::vector<std::string_view> words = words_of(line);
    if (words.size() != 2) continue;
    if (const auto minor = parse_decimal(words[1])) minors.emplace(words[0], *minor);
  }
  return minors;
}

}  // namespace ocirt::nvidia
