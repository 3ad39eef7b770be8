// Capabilities, system calls and hidden files. Pure.
#include <fmt/core.h>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

#include "frontend/bundle/parts.h"
#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using nlohmann::json;

bool is_privileged(const Input& input) {
  return input.record.request.privileged || input.settings.privileged;
}

}  // namespace

std::string capability_name(std::string_view text) {
  std::string name(text);
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name.starts_with("CAP_") ? name : "CAP_" + name;
}

std::optional<std::string> find_security_option(const Input& input, std::string_view name) {
  std::optional<std::string> found;
  for (const std::string& text : input.record.request.security_opts) {
    // "label:disable" is how Docker once wrote it.
    const char separator = text.find('=') == std::string::npos ? ':' : '=';
    const auto [key, value] = split_pair(text, separator);
    if (key == name) found = std::string(value);
  }
  return found;
}

bool has_security_option(const Input& input, std::string_view name) {
  const std::optional<std::string> value = find_security_option(input, name);
  return value && *value != "false";
}

Result<std::vector<std::string>> decide_capabilities(const Input& input) {
  const model::Request& request = input.record.request;
  const std::vector<std::string>& available = input.host.capabilities;
  const std::set<std::string> known(available.begin(), available.end());
  if (is_privileged(input)) return std::vector<std::string>(known.begin(), known.end());
  std::set<std::string> result;
  for (const std::string& text : input.settings.capabilities) {
    if (known.contains(capability_name(text))) result.insert(capability_name(text));
  }
  std::set<std::string> dropped;
  for (const std::string& text : request.cap_drop) dropped.insert(capability_name(text));
  if (dropped.contains("CAP_ALL")) result.clear();
  for (const std::string& text : request.cap_add) {
    const std::string name = capability_name(text);
    if (dropped.contains(name)) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("capability {} is both added and dropped", name));
    }
    if (name == "CAP_ALL") {
      result = known;
    } else if (known.contains(name)) {
      result.insert(name);
    } else {
      return make_error(
          ErrorKind::InvalidConfig,
          fmt::format("--cap-add {}: this host has no such capability to give", text));
    }
  }
  for (const std::string& name : dropped) result.erase(name);
  return std::vector<std::string>(result.begin(), result.end());
}

namespace {

#if defined(__x86_64__)
constexpr std::string_view kArchitecture = "amd64";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_X86_64";
#elif defined(__aarch64__)
constexpr std::string_view kArchitecture = "arm64";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_AARCH64";
#elif defined(__riscv)
constexpr std::string_view kArchitecture = "riscv64";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_RISCV64";
#elif defined(__powerpc64__)
constexpr std::string_view kArchitecture = "ppc64le";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_PPC64LE";
#elif defined(__s390x__)
constexpr std::string_view kArchitecture = "s390x";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_S390X";
#else
constexpr std::string_view kArchitecture = "unknown";
constexpr std::string_view kSeccompArchitecture = "SCMP_ARCH_NATIVE";
#endif

bool holds(const json& list, std::string_view word) {
  return list.is_array() && std::any_of(list.begin(), list.end(), [&](const json& each) {
           return each.is_string() && each.get_ref<const std::string&>() == word;
         });
}

const json& member(const json& object, const char* name) {
  static const json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(name);
  return found == object.end() ? kNothing : *found;
}

// A rule of a profile may hold for some architectures, or with or without some capabilities.
bool applies(const json& rule, const std::vector<std::string>& caps) {
  const auto has_cap = [&](const json& name) {
    return name.is_string() &&
           std::find(caps.begin(), caps.end(), name.get<std::string>()) != caps.end();
  };
  const json& includes = member(rule, "includes");
  const json& arches = member(includes, "arches");
  if (arches.is_array() && !arches.empty() && !holds(arches, kArchitecture)) return false;
  const json& wanted = member(includes, "caps");
  if (wanted.is_array() && !std::all_of(wanted.begin(), wanted.end(), has_cap)) return false;
  const json& excludes = member(rule, "excludes");
  if (holds(member(excludes, "arches"), kArchitecture)) return false;
  const json& unwanted = member(excludes, "caps");
  return !unwanted.is_array() || std::none_of(unwanted.begin(), unwanted.end(), has_cap);
}

json print_rule(const json& rule) {
  json result = {{"names", member(rule, "names")}, {"action", member(rule, "action")}};
  if (result["names"].is_null()) result["names"] = json::array({member(rule, "name")});
  if (const json& args = member(rule, "args"); args.is_array() && !args.empty()) {
    result["args"] = args;
  }
  if (const json& number = member(rule, "errnoRet"); number.is_number()) {
    result["errnoRet"] = number;
  }
  return result;
}

}  // namespace

// The profile's format is Docker's and containers-common's: the specification's object, but for
// the conditions, which are decided here.
Result<json> make_seccomp(const Input& input, const std::vector<std::string>& caps) {
  const json& profile = input.host.seccomp;
  const std::optional<std::string> asked = find_security_option(input, "seccomp");
  // A profile that was asked for by name holds for privileged containers too.
  if (profile.is_null() || (is_privileged(input) && !asked)) return json();
  json result = {{"defaultAction", member(profile, "defaultAction")}};
  if (!result["defaultAction"].is_string()) {
    return make_error(ErrorKind::InvalidConfig, "the seccomp profile has no defaultAction");
  }
  for (const char* name : {"defaultErrnoRet", "flags", "listenerPath", "listenerMetadata"}) {
    if (const json& value = member(profile, name); !value.is_null()) result[name] = value;
  }
  json architectures = member(profile, "architectures");
  for (const json& each : member(profile, "archMap")) {
    if (member(each, "architecture") != kSeccompArchitecture) continue;
    architectures = json::array({kSeccompArchitecture});
    for (const json& sub : member(each, "subArchitectures")) architectures.push_back(sub);
  }
  if (!architectures.is_null()) result["architectures"] = architectures;
  json rules = json::array();
  for (const json& rule : member(profile, "syscalls")) {
    if (applies(rule, caps)) rules.push_back(print_rule(rule));
  }
  result["syscalls"] = std::move(rules);
  return result;
}

void add_masks(const Input& input, json& linux_part) {
  std::vector<std::string> masked = {"/proc/acpi",
                                     "/proc/kcore",
                                     "/proc/keys",
                                     "/proc/latency_stats",
                                     "/proc/timer_list",
                                     "/proc/timer_stats",
                                     "/proc/sched_debug",
                                     "/proc/scsi",
                                     "/sys/firmware",
                                     "/sys/fs/selinux",
                                     "/sys/dev/block",
                                     "/proc/interrupts",
                                     "/sys/devices/virtual/powercap"};
  std::vector<std::string> readonly = {"/proc/asound", "/proc/bus", "/proc/fs",
                                       "/proc/irq",    "/proc/sys", "/proc/sysrq-trigger"};
  if (is_privileged(input)) {
    masked.clear();
    readonly.clear();
  }
  std::vector<std::string> asked;  // whatever is unmasked beside it, and of the privileged, too
  for (const std::string& text : input.record.request.security_opts) {
    const auto [key, value] = split_pair(text, '=');
    if (key == "mask") {
      for (std::string& path : split(value, ':')) asked.push_back(std::move(path));
    }
    const bool unmasks_all = (key == "unmask" && (value == "ALL" || value == "all")) ||
                             (key == "systempaths" && value == "unconfined");
    if (unmasks_all) {
      masked.clear();
      readonly.clear();
    }
    if (key != "unmask") continue;
    for (const std::string& path : split(value, ':')) {
      // "/proc/*" is all below /proc; other patterns of podman are no paths and match nothing.
      const bool is_pattern = path.ends_with("/*");
      const std::string start = is_pattern ? path.substr(0, path.size() - 1) : path;
      const auto matches = [&](const std::string& each) {
        return is_pattern ? each.starts_with(start) : each == path;
      };
      std::erase_if(masked, matches);
      std::erase_if(readonly, matches);
    }
  }
  std::move(asked.begin(), asked.end(), std::back_inserter(masked));
  if (!masked.empty()) linux_part["maskedPaths"] = masked;
  if (!readonly.empty()) linux_part["readonlyPaths"] = readonly;
}

}  // namespace ocirt::bundle
