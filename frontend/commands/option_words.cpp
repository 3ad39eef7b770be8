// The words of single options of run and create.
#include "frontend/commands/option_words.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <nlohmann/json.hpp>
#include <optional>

#include "frontend/bundle/parse_words.h"
#include "frontend/bundle/text.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

using bundle::split_pair;

constexpr size_t kMostFile = 4 << 20;

}  // namespace

Error wrong_option(std::string_view option, std::string_view value, std::string_view why) {
  return make_error(ErrorKind::InvalidConfig, fmt::format("--{} {}: {}", option, value, why));
}

Result<std::vector<std::string>> read_lines(const std::string& path) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kMostFile));
  std::vector<std::string> lines = bundle::split(text, '\n');
  for (std::string& line : lines) {
    if (line.ends_with('\r')) line.pop_back();
    line.erase(0, line.find_first_not_of(" \t"));
  }
  std::erase_if(lines, [](const std::string& line) { return line.empty() || line[0] == '#'; });
  return lines;
}

void add_environment(std::string_view text, std::vector<std::string>& list) {
  if (text.find('=') != std::string_view::npos) {
    bundle::set_variable(list, text);
    return;
  }
  const bool is_pattern = text.ends_with('*');
  const std::string_view start = text.substr(0, text.size() - (is_pattern ? 1 : 0));
  for (char** each = environ; *each != nullptr; ++each) {
    const std::string_view name = split_pair(*each, '=').first;
    if (is_pattern ? name.starts_with(start) : name == text) bundle::set_variable(list, *each);
  }
}

Result<> add_environment_file(const std::string& path, std::vector<std::string>& list) {
  for (const std::string& line : TRY(read_lines(path))) {
    if (split_pair(line, '=').first.empty()) {
      return wrong_option("env-file", path, fmt::format("'{}' has no name", line));
    }
    add_environment(line, list);
  }
  return {};
}

std::vector<std::string> parse_health_command(const std::string& text) {
  if (text == "none") return {"NONE"};
  const nlohmann::json list = nlohmann::json::parse(text, nullptr, false);
  const bool is_list =
      list.is_array() && !list.empty() &&
      std::all_of(list.begin(), list.end(), [](const auto& each) { return each.is_string(); });
  if (!is_list) return {"CMD-SHELL", text};
  std::vector<std::string> words = list.get<std::vector<std::string>>();
  if (words[0] != "CMD" && words[0] != "CMD-SHELL") words.insert(words.begin(), "CMD");
  return words;
}

namespace {

struct PortRange {
  uint16_t first = 0;
  uint16_t count = 1;
};

std::optional<PortRange> parse_range(std::string_view text) {
  constexpr int64_t kMostPort = 65535;
  const auto [low, high] = split_pair(text, '-');
  const std::optional<int64_t> first = bundle::parse_number(low);
  const std::optional<int64_t> last = high.empty() ? first : bundle::parse_number(high);
  if (!first || !last || *first < 1 || *last < *first || *last > kMostPort) return std::nullopt;
  return PortRange{.first = static_cast<uint16_t>(*first),
                   .count = static_cast<uint16_t>(*last - *first + 1)};
}

}  // namespace

Result<model::PublishedPort> parse_port(std::string_view text) {
  const auto fail = [&](std::string_view why) { return wrong_option("publish", text, why); };
  model::PublishedPort port;
  const auto [address, protocol] = split_pair(text, '/');
  if (!protocol.empty()) port.protocol = protocol;
  if (port.protocol != "tcp" && port.protocol != "udp" && port.protocol != "sctp") {
    return fail("the protocol is neither tcp, udp nor sctp");
  }
  const size_t colon = address.rfind(':');
  const std::optional<PortRange> inside =
      parse_range(colon == std::string_view::npos ? address : address.substr(colon + 1));
  if (!inside) return fail("the container's port is no number from 1 to 65535");
  port.container_port = inside->first;
  port.count = inside->count;
  if (colon == std::string_view::npos) return port;
  std::string_view host = address.substr(0, colon);
  if (const size_t second = host.rfind(':'); second != std::string_view::npos) {
    std::string_view ip = host.substr(0, second);
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
    port.host_ip = ip;
    host.remove_prefix(second + 1);
  }
  if (host.empty()) return port;
  const std::optional<PortRange> outside = parse_range(host);
  if (!outside) return fail("the host's port is no number from 1 to 65535");
  if (outside->count != port.count) return fail("the ranges have different lengths");
  port.host_port = outside->first;
  return port;
}

Result<model::RestartPolicy> parse_restart(const std::string& text) {
  const auto [name, most] = split_pair(text, ':');
  model::RestartPolicy policy = {.name = std::string(name)};
  static constexpr std::array<std::string_view, 5> kNames = {"no", "", "on-failure", "always",
                                                             "unless-stopped"};
  if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) {
    return wrong_option("restart", text, "neither no, always, unless-stopped nor on-failure[:N]");
  }
  if (name.empty()) policy.name = "no";
  if (most.empty()) return policy;
  const std::optional<int64_t> number = bundle::parse_number(most);
  if (name != "on-failure" || !number || *number < 0 || *number > INT_MAX) {
    return wrong_option("restart", text, "a number of times goes with on-failure alone");
  }
  policy.most = static_cast<unsigned>(*number);
  return policy;
}

}  // namespace ocirt::frontend
