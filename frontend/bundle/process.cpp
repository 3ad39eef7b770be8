// The payload's process: user, limits, environment. Pure.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;

Result<json> make_user(const Input& input) {
  const Identity& identity = input.host.identity;
  json user = {{"uid", identity.uid}, {"gid", identity.gid}};
  if (!identity.groups.empty()) user["additionalGids"] = identity.groups;
  const model::Request& request = input.record.request;
  const std::string& umask = request.umask.empty() ? input.settings.umask : request.umask;
  unsigned value = 0;
  constexpr unsigned kMost = 0777;
  const auto [end, error] = std::from_chars(umask.data(), umask.data() + umask.size(), value, 8);
  if (umask.empty() || error != std::errc() || end != umask.data() + umask.size() ||
      value > kMost) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--umask {}: not an octal mask", umask));
  }
  user["umask"] = value;
  return user;
}

json make_environment(const Input& input) {
  std::vector<std::string> list = input.record.environment;
  const std::string home = find_variable(list, "HOME").value_or("");
  if (home.empty()) set_variable(list, "HOME=" + input.host.identity.home);
  if (!find_variable(list, "HOSTNAME")) list.push_back("HOSTNAME=" + host_name_of(input));
  return list;
}

json make_limit(const std::string& name, int64_t soft, int64_t hard) {
  std::string type = "RLIMIT_" + name;
  std::transform(type.begin(), type.end(), type.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  // -1 is "no limit", which the specification writes as the largest number.
  return {
      {"type", type}, {"soft", static_cast<uint64_t>(soft)}, {"hard", static_cast<uint64_t>(hard)}};
}

Result<json> make_limits(const Input& input) {
  constexpr int64_t kMany = 1048576;
  std::vector<model::RequestedLimit> limits;
  for (const std::string& text : input.settings.limits) {
    limits.push_back(TRY(parse_limit(text)));
  }
  for (const model::RequestedLimit& asked : input.record.request.limits) {
    std::erase_if(limits, [&](const auto& each) { return each.name == asked.name; });
    limits.push_back(asked);
  }
  const auto is_asked = [&](std::string_view name) {
    return std::any_of(limits.begin(), limits.end(),
                       [&](const auto& each) { return each.name == name; });
  };
  json list = json::array();
  if (is_asked("host")) return list;  // as the caller's are
  for (const char* name : {"nofile", "nproc"}) {
    if (is_asked(name)) continue;
    const auto own = input.host.hard_limits.find(name);
    int64_t most = own == input.host.hard_limits.end() ? kMany : own->second;
    // A limit below the one that every engine gives must not make containers fail: it is kept.
    if (input.host.may_raise_limits || most > kMany || most < 0) most = kMany;
    list.push_back(make_limit(name, most, most));
  }
  for (const model::RequestedLimit& limit : limits) {
    list.push_back(make_limit(limit.name, limit.soft, limit.hard));
  }
  return list;
}

// A program that isn't root gets only what was asked for by name (podman-run(1), --cap-add).
Result<json> make_capabilities(const Input& input) {
  const std::vector<std::string> bounding = TRY(decide_capabilities(input));
  json capabilities = {{"bounding", bounding}};
  if (input.host.identity.uid == 0) {
    capabilities["effective"] = bounding;
    capabilities["permitted"] = bounding;
    return capabilities;
  }
  std::vector<std::string> own;
  for (const std::string& asked : input.record.request.cap_add) {
    const std::string name = capability_name(asked);
    if (name == "CAP_ALL")
      own = bounding;
    else if (std::find(bounding.begin(), bounding.end(), name) != bounding.end())
      own.push_back(name);
  }
  for (const char* set : {"effective", "permitted", "inheritable", "ambient"}) {
    capabilities[set] = own;
  }
  return capabilities;
}

}  // namespace

Result<model::RequestedLimit> parse_limit(std::string_view text) {
  const auto wrong = [&] {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--ulimit {}: not NAME=SOFT[:HARD]", text));
  };
  if (text == "host") return model::RequestedLimit{.name = "host"};
  const auto [name, values] = split_pair(text, '=');
  const auto [soft, hard] = split_pair(values, ':');
  static constexpr std::string_view kNames[] = {
      "core",   "cpu",   "data", "fsize",  "locks",  "memlock",    "msgqueue", "nice",
      "nofile", "nproc", "rss",  "rtprio", "rttime", "sigpending", "stack",    "as"};
  const auto value = [](std::string_view word) -> std::optional<int64_t> {
    if (word == "unlimited") return -1;
    const std::optional<int64_t> number = parse_number(word);
    return number && *number >= -1 ? number : std::nullopt;
  };
  const std::optional<int64_t> low = value(soft);
  const std::optional<int64_t> high = hard.empty() ? low : value(hard);
  if (!low || !high) return wrong();
  if (std::find(std::begin(kNames), std::end(kNames), name) == std::end(kNames)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--ulimit {}: there is no such limit", text));
  }
  if (*high >= 0 && (*low > *high || *low < 0)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--ulimit {}: the soft limit is above the hard one", text));
  }
  return model::RequestedLimit{.name = std::string(name), .soft = *low, .hard = *high};
}

Result<json> make_process(const Input& input, const Namespaces& namespaces) {
  const model::Record& record = input.record;
  const model::Request& request = record.request;
  std::vector<std::string> args = record.args;
  if (request.init || input.settings.init) {
    if (namespaces.pid.source != Namespaces::Source::Own) {
      return make_error(ErrorKind::InvalidConfig, "--init needs a pid namespace of its own");
    }
    args.insert(args.begin(), {kInitPath, "--"});
  }
  json process = {{"terminal", request.terminal},
                  {"user", TRY(make_user(input))},
                  {"args", args},
                  {"env", make_environment(input)},
                  {"cwd", record.workdir},
                  {"capabilities", TRY(make_capabilities(input))},
                  {"rlimits", TRY(make_limits(input))}};
  if (has_security_option(input, "no-new-privileges")) process["noNewPrivileges"] = true;
  const std::optional<std::string> profile = find_security_option(input, "apparmor");
  if (profile && !profile->empty() && *profile != "unconfined" && !request.privileged) {
    process["apparmorProfile"] = *profile;
  }
  std::optional<int> score = request.resources.oom_score_adj;
  if (!score) score = input.settings.oom_score_adj;
  if (score) process["oomScoreAdj"] = *score;
  return process;
}

}  // namespace ocirt::bundle
