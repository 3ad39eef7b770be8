// Decides which devices a container may use. Pure.
#include "runtime/plan/device_filter.h"

#include <limits>
#include <map>
#include <string>
#include <string_view>
#include <tuple>

namespace ocirt::plan {

namespace {

constexpr std::string_view kAllAccess = "rwm";
constexpr uint32_t kPseudoTerminals = 136;  // /dev/pts/N are 136:N

// What every container may use: devices of the same kind stand together, since the program that is
// made of them then tests their kind once.
std::vector<DeviceAccess> default_rules() {
  std::vector<DeviceAccess> rules;
  for (uint32_t minor : {3U, 5U, 7U, 8U, 9U}) {  // null, zero, full, random, urandom
    rules.push_back({.allow = true, .type = 'c', .major = 1, .minor = minor});
  }
  for (uint32_t minor : {0U, 1U, 2U}) {  // tty, console, ptmx
    rules.push_back({.allow = true, .type = 'c', .major = 5, .minor = minor});
  }
  rules.push_back({.allow = true, .type = 'c', .major = kPseudoTerminals, .minor = std::nullopt});
  rules.push_back({.allow = true, .type = 'c', .major = 10, .minor = 200});  // /dev/net/tun
  // A node gives no access to its device by itself, so any may be made.
  rules.push_back({.allow = true, .type = 'b', .major = {}, .minor = {}, .access = "m"});
  rules.push_back({.allow = true, .type = 'c', .major = {}, .minor = {}, .access = "m"});
  return rules;
}

bool is_for_all_devices(const DeviceAccess& rule) {
  return rule.type == 'a' && !rule.major && !rule.minor && rule.access == kAllAccess;
}

// Absent and -1 both mean "any" (the latter is what runc's configs say).
Result<std::optional<uint32_t>> device_number(const std::optional<int64_t>& asked,
                                              std::string_view name) {
  if (!asked || *asked == -1) return std::optional<uint32_t>();
  if (*asked < 0 || *asked > std::numeric_limits<uint32_t>::max()) {
    return make_error(ErrorKind::InvalidConfig, "linux.resources.devices: no device has the " +
                                                    std::string(name) + " number " +
                                                    std::to_string(*asked));
  }
  return std::optional<uint32_t>(static_cast<uint32_t>(*asked));
}

Result<DeviceAccess> to_rule(const spec::DeviceRule& asked) {
  std::string access;  // in this order and without repetitions, so that rules can be compared
  for (char letter : kAllAccess) {
    if (!asked.access || asked.access->find(letter) != std::string::npos) access += letter;
  }
  return DeviceAccess{.allow = asked.allow,
                      .type = asked.type && !asked.type->empty() ? asked.type->front() : 'a',
                      .major = TRY(device_number(asked.major, "major")),
                      .minor = TRY(device_number(asked.minor, "minor")),
                      .access = access};
}

}  // namespace

Result<std::vector<DeviceAccess>> decide_device_filter(const std::vector<spec::DeviceRule>& asked) {
  std::vector<DeviceAccess> rules = {DeviceAccess{.allow = false}};
  for (const spec::DeviceRule& asked_rule : asked) {
    DeviceAccess rule = TRY(to_rule(asked_rule));
    if (rule.access.empty()) continue;            // about no access at all
    if (is_for_all_devices(rule)) rules.clear();  // nothing before it has any effect
    rules.push_back(std::move(rule));
  }
  if (rules.size() == 1 && rules.front().allow) return rules;  // nothing is left to be allowed
  for (DeviceAccess& rule : default_rules()) rules.push_back(std::move(rule));
  return rules;
}

// --- cgroup v1 ---------------------------------------------------------------------------------

namespace {

using Number = std::optional<uint32_t>;
using Device = std::tuple<char, Number, Number>;  // type, major, minor

// What the kernel's list says: `allow`, except for these devices with these kinds of access.
struct DeviceList {
  bool allow = false;
  std::map<Device, std::string> exceptions;
};

bool covers(const Number& wide, const Number& narrow) {
  return !wide || wide == narrow;
}

bool covers(const Device& wide, const Device& narrow) {
  return std::get<0>(wide) == std::get<0>(narrow) &&
         covers(std::get<1>(wide), std::get<1>(narrow)) &&
         covers(std::get<2>(wide), std::get<2>(narrow));
}

bool overlap(const Number& a, const Number& b) {
  return covers(a, b) || covers(b, a);
}

bool overlap(const Device& a, const Device& b) {
  return std::get<0>(a) == std::get<0>(b) && overlap(std::get<1>(a), std::get<1>(b)) &&
         overlap(std::get<2>(a), std::get<2>(b));
}

std::string with(std::string_view access, std::string_view more) {
  std::string result;
  for (char letter : kAllAccess) {
    if ((std::string(access) + std::string(more)).find(letter) != std::string::npos) {
      result += letter;
    }
  }
  return result;
}

std::string without(std::string_view access, std::string_view less) {
  std::string result;
  for (char letter : access) {
    if (less.find(letter) == std::string_view::npos) result += letter;
  }
  return result;
}

std::string describe(const Device& device, std::string_view access) {
  const auto& [type, major, minor] = device;
  return std::string(1, type) + " " + (major ? std::to_string(*major) : "*") + ":" +
         (minor ? std::to_string(*minor) : "*") + " " + std::string(access);
}

// Back to the default for these devices: exceptions that the rule covers lose the access. An
// exception that is wider than the rule can't have a hole; the kernel would leave it as it is.
Result<> take_back(DeviceList& list, const Device& device, const std::string& access) {
  for (auto entry = list.exceptions.begin(); entry != list.exceptions.end();) {
    const std::string rest = without(entry->second, access);
    if (covers(device, entry->first)) {
      entry->second = rest;
    } else if (overlap(device, entry->first) && rest != entry->second) {
      return make_error(ErrorKind::Unsupported,
                        "linux.resources.devices: cgroup v1 can't " +
                            std::string(list.allow ? "allow" : "deny") + " \"" +
                            describe(device, access) + "\" after " +
                            std::string(list.allow ? "denying" : "allowing") + " \"" +
                            describe(entry->first, entry->second) + "\"");
    }
    entry = entry->second.empty() ? list.exceptions.erase(entry) : std::next(entry);
  }
  return {};
}

Result<> apply(DeviceList& list, const DeviceAccess& rule) {
  if (is_for_all_devices(rule)) {
    list = DeviceList{.allow = rule.allow, .exceptions = {}};
    return {};
  }
  for (char type : {'b', 'c'}) {
    if (rule.type != 'a' && rule.type != type) continue;
    const Device device = {type, rule.major, rule.minor};
    if (rule.allow == list.allow) {
      (void)TRY(take_back(list, device, rule.access));
    } else {
      std::string& access = list.exceptions[device];
      access = with(access, rule.access);
    }
  }
  return {};
}

}  // namespace

Result<std::vector<CgroupWrite>> device_writes(const std::vector<DeviceAccess>& rules,
                                               size_t directory) {
  DeviceList list;
  for (const DeviceAccess& rule : rules) (void)TRY(apply(list, rule));

  // "a" also empties the list that the cgroup got from its parent.
  std::vector<CgroupWrite> writes = {{.directory = directory,
                                      .file = list.allow ? "devices.allow" : "devices.deny",
                                      .value = "a"}};
  for (const auto& [device, access] : list.exceptions) {
    writes.push_back({.directory = directory,
                      .file = list.allow ? "devices.deny" : "devices.allow",
                      .value = describe(device, access)});
  }
  return writes;
}

}  // namespace ocirt::plan
