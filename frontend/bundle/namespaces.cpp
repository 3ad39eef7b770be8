// Which namespaces a container has, and the maps of ids. Pure.
#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;
using unpack::IdRange;
using Source = Namespaces::Source;

constexpr std::string_view kOther = "container:";

// "", "private", "host", "ns:PATH" and "container:ID" mean the same for each of them.
Result<Namespaces::One> decide_one(const Input& input, std::string_view option,
                                   std::string_view asked, const char* file) {
  if (asked.empty() || asked == "private") return Namespaces::One{};
  if (asked == "host") return Namespaces::One{.source = Source::Host};
  if (asked.starts_with("ns:")) {
    return Namespaces::One{.source = Source::Path, .path = std::string(asked.substr(3))};
  }
  if (!asked.starts_with(kOther)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--{} {}: there is no such kind", option, asked));
  }
  const std::string other(asked.substr(kOther.size()));
  const auto found = input.host.places.joined.find(other);
  if (found == input.host.places.joined.end()) {
    return make_error(ErrorKind::BadState,
                      fmt::format("--{} {}: that container isn't running", option, asked));
  }
  return Namespaces::One{.source = Source::Path,
                         .path = fmt::format("/proc/{}/ns/{}", found->second, file)};
}

const std::string& asked_or(const std::string& asked, const std::string& otherwise) {
  return asked.empty() ? otherwise : asked;
}

// A plain user can't do without a user namespace; "host" then means the ordinary map, as in podman.
Result<Namespaces::One> decide_user(const Input& input) {
  const model::Request& request = input.record.request;
  const std::string& asked = asked_or(request.namespaces.user, input.settings.user_namespace);
  if (!request.uid_maps.empty() || !request.gid_maps.empty()) {
    if (asked.empty() || asked == "private") return Namespaces::One{};
    return make_error(ErrorKind::InvalidConfig, "--userns and --uidmap exclude each other");
  }
  if (asked == "keep-id" || asked.starts_with("keep-id:")) {
    if (input.host.rootless) return Namespaces::One{};
    return make_error(ErrorKind::InvalidConfig, "--userns keep-id is for plain users");
  }
  if (asked == "auto" || asked.starts_with("auto:") || asked == "nomap") {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("--userns {} is not supported: the image's files belong to ids "
                                  "that such a namespace lacks",
                                  asked));
  }
  if (asked.empty() || asked == "host") {
    return Namespaces::One{.source = input.host.rootless ? Source::Own : Source::Host};
  }
  if (asked == "private" && !input.host.rootless) {
    return make_error(ErrorKind::InvalidConfig, "--userns private needs --uidmap and --gidmap");
  }
  return decide_one(input, "userns", asked, "user");
}

}  // namespace

Result<Namespaces> decide_namespaces(const Input& input) {
  const model::RequestedNamespaces& asked = input.record.request.namespaces;
  const Settings& settings = input.settings;
  Namespaces result;
  result.user = TRY(decide_user(input));
  result.pid = TRY(decide_one(input, "pid", asked_or(asked.pid, settings.pid_namespace), "pid"));
  result.uts = TRY(decide_one(input, "uts", asked_or(asked.uts, settings.uts_namespace), "uts"));
  std::string ipc = asked_or(asked.ipc, settings.ipc_namespace);
  if (ipc == "shareable" || ipc == "none") ipc = "private";
  result.ipc = TRY(decide_one(input, "ipc", ipc, "ipc"));
  std::string cgroup = asked_or(asked.cgroup, settings.cgroup_namespace);
  // On v1 many programs look up their own limits below the path of /proc/self/cgroup.
  if (cgroup.empty()) {
    cgroup = input.host.unified_cgroups && !input.record.request.privileged ? "private" : "host";
  }
  result.cgroup = TRY(decide_one(input, "cgroupns", cgroup, "cgroup"));
  const std::string& network = input.record.network;
  const bool is_joined =
      network == "host" || network.starts_with(kOther) || network.starts_with("ns:");
  result.network = TRY(decide_one(input, "network", is_joined ? network : "private", "net"));
  return result;
}

json print_namespaces(const Namespaces& namespaces) {
  const std::pair<const char*, const Namespaces::One*> all[] = {
      {"user", &namespaces.user}, {"pid", &namespaces.pid},         {"ipc", &namespaces.ipc},
      {"uts", &namespaces.uts},   {"network", &namespaces.network}, {"cgroup", &namespaces.cgroup}};
  json list = json::array({{{"type", "mount"}}});
  for (const auto& [type, one] : all) {
    if (one->source == Source::Host) continue;
    json entry = {{"type", type}};
    if (one->source == Source::Path) entry["path"] = one->path;
    list.push_back(std::move(entry));
  }
  return list;
}

std::string host_name_of(const Input& input) {
  const model::Record& record = input.record;
  constexpr size_t kShortId = 12;
  if (!record.request.hostname.empty()) return record.request.hostname;
  const bool is_hosts = record.network == "host" || record.request.namespaces.uts == "host";
  return is_hosts ? input.host.host_name : record.id.substr(0, kShortId);
}

namespace {

// The ids inside the ordinary map of a plain user, as the host has them: what --uidmap of a plain
// user counts in (podman-run(1), "rootless").
Result<std::vector<IdRange>> compose(const std::vector<IdRange>& asked,
                                     const std::vector<IdRange>& ordinary,
                                     std::string_view option) {
  std::vector<IdRange> result;
  for (const IdRange& range : asked) {
    uint32_t done = 0;
    while (done < range.count) {
      const uint32_t at = range.outside + done;
      const auto found = std::find_if(ordinary.begin(), ordinary.end(), [&](const IdRange& each) {
        return at >= each.inside && at - each.inside < each.count;
      });
      if (found == ordinary.end()) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("--{}: you have no id {}", option, at))
            .with_hint("ids are granted in /etc/subuid and /etc/subgid");
      }
      const uint32_t skipped = at - found->inside;
      const uint32_t count = std::min(range.count - done, found->count - skipped);
      result.push_back(
          {.inside = range.inside + done, .outside = found->outside + skipped, .count = count});
      done += count;
    }
  }
  return result;
}

Result<std::vector<IdRange>> parse_maps(const std::vector<std::string>& texts,
                                        std::string_view option) {
  std::vector<IdRange> ranges;
  for (const std::string& text : texts) {
    const std::vector<std::string> parts = split(text, ':');
    const auto number = [&](size_t i) {
      const std::optional<int64_t> value =
          i < parts.size() ? parse_number(parts[i]) : std::optional<int64_t>();
      return value && *value >= 0 && *value <= UINT32_MAX ? value : std::nullopt;
    };
    const std::optional<int64_t> count = parts.size() == 2 ? 1 : number(2);
    if (parts.size() < 2 || parts.size() > 3 || !number(0) || !number(1) || !count || *count == 0) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--{} {}: not CONTAINER:HOST:COUNT", option, text));
    }
    ranges.push_back({.inside = static_cast<uint32_t>(*number(0)),
                      .outside = static_cast<uint32_t>(*number(1)),
                      .count = static_cast<uint32_t>(*count)});
  }
  return ranges;
}

// The user is `kept` inside, and the ids that were granted fill up the rest from 0.
std::vector<IdRange> keep_id(const std::vector<IdRange>& ordinary, uint32_t kept) {
  std::vector<IdRange> result;
  uint32_t inside = 0;
  for (const IdRange& range : ordinary) {
    if (range.inside == 0) {  // the user: one id
      result.push_back({.inside = kept, .outside = range.outside, .count = 1});
      continue;
    }
    IdRange rest = range;
    if (inside < kept) {
      const uint32_t count = std::min(rest.count, kept - inside);
      result.push_back({.inside = inside, .outside = rest.outside, .count = count});
      rest.outside += count;
      rest.count -= count;
      inside += count;
    }
    if (rest.count == 0) continue;
    if (inside == kept) ++inside;
    result.push_back({.inside = inside, .outside = rest.outside, .count = rest.count});
    inside += rest.count;
  }
  std::sort(result.begin(), result.end(),
            [](const IdRange& a, const IdRange& b) { return a.inside < b.inside; });
  return result;
}

json print_ranges(const std::vector<IdRange>& ranges) {
  json list = json::array();
  for (const IdRange& range : ranges) {
    list.push_back(
        {{"containerID", range.inside}, {"hostID", range.outside}, {"size", range.count}});
  }
  return list;
}

}  // namespace

Result<KeptIds> decide_kept_ids(const std::string& asked, uid_t uid, gid_t gid) {
  KeptIds kept = {.uid = uid, .gid = gid};
  const std::string_view options = split_pair(asked, ':').second;
  if (options.empty()) return kept;
  for (const std::string& word : split(options, ',')) {
    const auto [key, value] = split_pair(word, '=');
    const std::optional<int64_t> number = parse_number(value);
    if ((key != "uid" && key != "gid") || !number || *number < 0 || *number > UINT32_MAX) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--userns {}: '{}' is neither uid=N nor gid=N", asked, word));
    }
    (key == "uid" ? kept.uid : kept.gid) = static_cast<uint32_t>(*number);
  }
  return kept;
}

Result<> add_id_mappings(const Input& input, const Namespaces& namespaces, json& linux_part) {
  if (namespaces.user.source != Source::Own) return {};
  const model::Request& request = input.record.request;
  const HostView& host = input.host;
  std::vector<IdRange> uids = host.ids.uids;
  std::vector<IdRange> gids = host.ids.gids;
  const std::string& asked = asked_or(request.namespaces.user, input.settings.user_namespace);
  if (asked.starts_with("keep-id")) {
    const KeptIds kept = TRY(decide_kept_ids(asked, host.uid, host.gid));
    uids = keep_id(host.ids.uids, kept.uid);
    gids = keep_id(host.ids.gids, kept.gid);
  } else if (!request.uid_maps.empty() || !request.gid_maps.empty()) {
    if (!host.rootless && input.record.rootfs.empty()) {
      return make_error(ErrorKind::Unsupported,
                        "--uidmap is not supported for images as root: their files keep their ids")
          .with_hint("run the container as a plain user, or use --rootfs");
    }
    // One given without the other is meant for both (podman-run(1)).
    const auto& uid_texts = request.uid_maps.empty() ? request.gid_maps : request.uid_maps;
    const auto& gid_texts = request.gid_maps.empty() ? request.uid_maps : request.gid_maps;
    uids = TRY(parse_maps(uid_texts, "uidmap"));
    gids = TRY(parse_maps(gid_texts, "gidmap"));
    if (host.rootless) {
      uids = TRY(compose(uids, host.ids.uids, "uidmap"));
      gids = TRY(compose(gids, host.ids.gids, "gidmap"));
    }
  }
  linux_part["uidMappings"] = print_ranges(uids);
  linux_part["gidMappings"] = print_ranges(gids);
  return {};
}

}  // namespace ocirt::bundle
