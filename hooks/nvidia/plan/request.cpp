// Reads what a container asks for. Pure.
#include "hooks/nvidia/plan/request.h"

#include <fmt/core.h>

#include <algorithm>

#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

struct NamedCapability {
  std::string_view name;
  Capabilities bits;
};
constexpr NamedCapability kNames[] = {{"all", kAllCapabilities},
                                      {"utility", kUtility},
                                      {"compute", kCompute},
                                      {"video", kVideo},
                                      {"graphics", kGraphics},
                                      {"display", kDisplay | kGraphics},
                                      {"ngx", kNgx},
                                      {"compat32", kCompat32},
                                      {"gpu", 0}};  // docker's word for the device itself

constexpr std::string_view kWanted =
    "want \"all\", \"none\", an index, a UUID, or device=..., count=..., capabilities=..., "
    "imex=...";

// Fields between commas; quotes hold a comma together, as in CSV.
std::vector<std::string> split_csv(std::string_view text) {
  std::vector<std::string> fields(1);
  bool quoted = false;
  for (const char c : text) {
    if (c == '"') {
      quoted = !quoted;
    } else if (c == ',' && !quoted) {
      fields.emplace_back();
    } else {
      fields.back() += c;
    }
  }
  return fields;
}

std::vector<std::string> split_list(std::string_view text) {
  std::vector<std::string> items;
  for (std::string& field : split_csv(text)) {
    std::string item(trimmed(field));
    if (!item.empty()) items.push_back(std::move(item));
  }
  return items;
}

// "nvidia.com/gpu=0" names the same GPU as "0".
std::string_view without_kind(std::string_view device) {
  constexpr std::string_view kKind = "nvidia.com/gpu=";
  if (device.starts_with(kKind)) device.remove_prefix(kKind.size());
  return device;
}

// Adds the devices of a list; of the special words the strongest counts.
void select(Request& request, std::span<const std::string> devices) {
  for (const std::string& item : devices) {
    const std::string_view device = without_kind(item);
    if (device == "all") {
      request.selection = GpuSelection::All;
    } else if (device == "none") {
      if (request.selection != GpuSelection::All) request.selection = GpuSelection::None;
    } else {
      if (request.selection == GpuSelection::None) request.selection = GpuSelection::Selected;
      request.devices.emplace_back(device);
    }
  }
  if (request.selection == GpuSelection::All) request.devices.clear();
}

Result<> read_field(Request& request, const std::string& key, const std::string& value) {
  if (key == "device") {
    select(request, split_list(value));
    return {};
  }
  if (key == "count") {
    const auto count = parse_decimal(value);
    if (value == "all" || value == "-1") {
      request.selection = GpuSelection::All;
    } else if (count && *count > 0) {
      request.selection = GpuSelection::First;
      request.count = *count;
    } else {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--gpus: count={}: want a number or \"all\"", value));
    }
    return {};
  }
  if (key == "capabilities") {
    request.capabilities = TRY(parse_capabilities(value));
    if (request.capabilities == 0) request.capabilities = kUtility | kCompute;
    return {};
  }
  if (key == "imex") {
    for (const std::string& item : split_list(value)) {
      const auto channel = parse_decimal(item);
      if (!channel) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("--gpus: imex={}: want the numbers of channels", value));
      }
      request.imex_channels.push_back(*channel);
    }
    return {};
  }
  if (key == "driver" && (value == "nvidia" || value.empty())) return {};
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--gpus: {}={}: {}", key, value, kWanted));
}

bool is_true(std::string_view text) {  // as Go's strconv.ParseBool
  constexpr std::string_view kTrue[] = {"1", "t", "T", "TRUE", "true", "True"};
  return std::find(std::begin(kTrue), std::end(kTrue), text) != std::end(kTrue);
}

std::vector<Requirement> find_requirements(std::span<const std::string> env) {
  constexpr std::string_view kPrefix = "NVIDIA_REQUIRE_";
  std::vector<Requirement> found;
  if (is_true(find_variable(env, "NVIDIA_DISABLE_REQUIRE").value_or(""))) return found;
  for (const std::string& variable : env) {
    const size_t equals = variable.find('=');
    if (!variable.starts_with(kPrefix) || equals == std::string::npos) continue;
    // Of Jetson's, which has no driver of its own to ask.
    if (variable.starts_with("NVIDIA_REQUIRE_JETPACK")) continue;
    found.push_back({variable.substr(0, equals), variable.substr(equals + 1)});
  }
  return found;
}

// What the administrator lets containers have. "all" is all of that; what is named has to be in it.
Result<> limit_capabilities(Request& request, const std::string& supported) {
  if (supported.empty()) return {};
  const Capabilities allowed = TRY(parse_capabilities(supported));
  if (request.capabilities != kAllCapabilities && (request.capabilities & ~allowed) != 0) {
    return make_error(ErrorKind::Denied,
                      fmt::format("capabilities are asked for beyond \"{}\"", supported))
        .with_hint(fmt::format("supported-driver-capabilities in {} limits them", kSettingsPath));
  }
  request.capabilities &= allowed;
  return {};
}

// IMEX channels lead to other hosts' memory: no image gets one that nobody granted.
void refine_channels(Request& request, const RequestSource& source) {
  const auto channels = find_variable(source.env, "NVIDIA_IMEX_CHANNELS");
  if (!channels || source.settings.ignores_imex) return;
  if (source.trust != Trust::Environment && !source.is_privileged) {
    request.lacks_channels = request.imex_channels.empty() && !split_list(*channels).empty();
    return;
  }
  for (const std::string& item : split_list(*channels)) {
    if (const auto number = parse_decimal(item)) request.imex_channels.push_back(*number);
  }
}

// What the environment may refine: libraries cost nothing and grant nothing.
Result<> refine(Request& request, const RequestSource& source, bool capabilities_are_given) {
  const auto capabilities = find_variable(source.env, "NVIDIA_DRIVER_CAPABILITIES");
  if (!capabilities_are_given && capabilities && !capabilities->empty()) {
    request.capabilities = TRY(parse_capabilities(*capabilities));
  }
  TRY(limit_capabilities(request, source.settings.supported_capabilities));
  if (!source.settings.disable_require) request.requirements = find_requirements(source.env);
  refine_channels(request, source);
  request.uses_compat = !source.settings.ignores_compat;
  if (source.is_privileged) {
    request.mig_config = find_variable(source.env, "NVIDIA_MIG_CONFIG_DEVICES") == "all";
    request.mig_monitor = find_variable(source.env, "NVIDIA_MIG_MONITOR_DEVICES") == "all";
  }
  return {};
}

bool names_void(const std::vector<std::string>& devices) {
  return devices.empty() || std::find(devices.begin(), devices.end(), "void") != devices.end();
}

// What the container itself asks for, where somebody decided that it may.
std::vector<std::string> devices_of_container(const RequestSource& source) {
  if (source.trust != Trust::Environment) return {};
  if (source.settings.accepts_mounts && !source.mounts.empty()) return source.mounts;
  if (!source.settings.accepts_environment && !source.is_privileged) return {};
  for (const std::string& variable : source.settings.swarm_resources) {
    if (const auto value = find_variable(source.env, variable)) return split_list(*value);
  }
  return split_list(find_variable(source.env, "NVIDIA_VISIBLE_DEVICES").value_or(""));
}

}  // namespace

std::optional<std::string_view> find_variable(std::span<const std::string> env,
                                              std::string_view name) {
  std::optional<std::string_view> found;
  for (const std::string_view variable : env) {
    if (variable.starts_with(name) && variable.substr(name.size()).starts_with('=')) {
      found = variable.substr(name.size() + 1);
    }
  }
  return found;
}

Result<Capabilities> parse_capabilities(std::string_view value) {
  Capabilities bits = 0;
  for (const std::string& word : split_list(value)) {
    const auto* known =
        std::find_if(std::begin(kNames), std::end(kNames),
                     [&word](const NamedCapability& named) { return named.name == word; });
    if (known == std::end(kNames)) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("\"{}\" is no capability of NVIDIA's driver", word))
          .with_hint("there are compute, utility, video, graphics, display, ngx, compat32 and all");
    }
    bits |= known->bits;
  }
  return bits;
}

Result<Request> parse_gpus(std::string_view value) {
  Request request;
  if (trimmed(value).empty()) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("--gpus: is empty: {}", kWanted));
  }
  for (const std::string& field : split_csv(value)) {
    const std::string text(trimmed(field));
    const size_t equals = without_kind(text).size() == text.size() ? text.find('=') : text.npos;
    if (equals == std::string::npos) {
      select(request, std::span(&text, 1));
    } else {
      TRY(read_field(request, text.substr(0, equals), text.substr(equals + 1)));
    }
  }
  if (request.selection == GpuSelection::First && !request.devices.empty()) {
    return make_error(ErrorKind::InvalidConfig, "--gpus: GPUs are named or counted, not both");
  }
  return request;
}

Result<std::optional<Request>> find_request(const RequestSource& source) {
  const auto visible = find_variable(source.env, "NVIDIA_VISIBLE_DEVICES");
  const std::vector<std::string> in_environment = split_list(visible.value_or(""));
  const bool is_void =
      std::find(in_environment.begin(), in_environment.end(), "void") != in_environment.end();
  std::optional<Request> request;
  bool capabilities_are_given = false;
  if (source.annotation) {
    request = TRY(parse_gpus(*source.annotation));
    capabilities_are_given = source.annotation->find("capabilities=") != std::string::npos;
  } else if (const auto devices = devices_of_container(source); !names_void(devices)) {
    request.emplace();
    select(*request, devices);
  }
  if (!request || is_void) return std::optional<Request>();
  TRY(refine(*request, source, capabilities_are_given));
  return request;
}

}  // namespace ocirt::nvidia
