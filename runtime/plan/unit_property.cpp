// Decides what the annotations org.systemd.property.* set. Pure.
#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <string>
#include <utility>

#include "runtime/plan/decide_unit.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

struct KnownProperty {
  std::string_view name;
  std::string_view signature;
};

// What the containers of a plain user may set: their own resources, how they are described, and how
// and when they end. Ordering and dependencies are left out, which start or stop other units of the
// user's, and so is what makes a file of the user's a program (BPFProgram=). Also tells the types,
// so that "5" need not be written as "uint64 5".
constexpr std::array kKnown = std::to_array<KnownProperty>({
    {"AllowedCPUs", "ay"},
    {"AllowedMemoryNodes", "ay"},
    {"CPUAccounting", "b"},
    {"CPUQuotaPerSecUSec", "t"},
    {"CPUQuotaPeriodUSec", "t"},
    {"CPUWeight", "t"},
    {"CollectMode", "s"},
    {"Description", "s"},
    {"Documentation", "as"},
    {"FinalKillSignal", "i"},
    {"IOAccounting", "b"},
    {"IODeviceLatencyTargetUSec", "a(st)"},
    {"IODeviceWeight", "a(st)"},
    {"IOReadBandwidthMax", "a(st)"},
    {"IOReadIOPSMax", "a(st)"},
    {"IOWeight", "t"},
    {"IOWriteBandwidthMax", "a(st)"},
    {"IOWriteIOPSMax", "a(st)"},
    {"IPAccounting", "b"},
    {"KillMode", "s"},
    {"KillSignal", "i"},
    {"ManagedOOMMemoryPressure", "s"},
    {"ManagedOOMMemoryPressureLimit", "u"},
    {"ManagedOOMPreference", "s"},
    {"ManagedOOMSwap", "s"},
    {"MemoryAccounting", "b"},
    {"MemoryHigh", "t"},
    {"MemoryLow", "t"},
    {"MemoryMax", "t"},
    {"MemoryMin", "t"},
    {"MemorySwapMax", "t"},
    {"MemoryZSwapMax", "t"},
    {"OOMPolicy", "s"},
    {"RuntimeMaxUSec", "t"},
    {"RuntimeRandomizedExtraUSec", "t"},
    {"SendSIGHUP", "b"},
    {"SendSIGKILL", "b"},
    {"StartupAllowedCPUs", "ay"},
    {"StartupAllowedMemoryNodes", "ay"},
    {"StartupCPUWeight", "t"},
    {"StartupIOWeight", "t"},
    {"TasksAccounting", "b"},
    {"TasksMax", "t"},
    {"TimeoutStopUSec", "t"},
});

// The runtime's own: with another value the container would not be where we look for it.
constexpr std::array<std::string_view, 7> kOurs = {
    "Delegate", "DelegateControllers", "DelegateSubgroup", "PIDFDs", "PIDs", "Slice", "Scope"};

bool is_property_name(std::string_view name) {
  constexpr size_t kShortest = 3;
  constexpr size_t kLongest = 64;
  const auto is_upper = [](char letter) { return letter >= 'A' && letter <= 'Z'; };
  return name.size() >= kShortest && name.size() <= kLongest && is_upper(name.front()) &&
         std::all_of(name.begin(), name.end(), [&](char letter) {
           return is_upper(letter) || (letter >= 'a' && letter <= 'z') ||
                  (letter >= '0' && letter <= '9');
         });
}

Error about(std::string_view name, std::string_view problem) {
  return config_error(ErrorKind::InvalidConfig,
                      "/annotations/org.systemd.property." + std::string(name), problem);
}

// Seconds become microseconds. "infinity" and -1 are both known from unit files and engines.
Result<UnitProperty> parse_seconds(std::string_view name, std::string_view text) {
  UnitProperty seconds = TRY(parse_gvariant(text, {}));
  const bool numeric = seconds.signature.size() == 1 &&
                       std::string_view("ynqiuxtd").find(seconds.signature) != std::string::npos;
  if (seconds.words.size() == 1 && (seconds.words[0] == "infinity" || seconds.words[0] == "-1")) {
    seconds.words[0] = std::to_string(UINT64_MAX);
  } else if (!numeric || seconds.words[0].starts_with('-')) {
    return about(name, "must be a number of seconds");
  } else {
    constexpr double kMost = 9e12;  // seconds; in microseconds still less than 2^63
    double number = 0;
    const std::string& word = seconds.words[0];
    (void)std::from_chars(word.data(), word.data() + word.size(), number);  // parsed before
    if (!(number <= kMost)) return about(name, "is more seconds than systemd can count");
    seconds.words[0] = std::to_string(static_cast<uint64_t>(number * 1e6 + 0.5));
  }
  seconds.signature = "t";
  return seconds;
}

}  // namespace

Result<UnitProperty> decide_property(std::string_view name, std::string_view text,
                                     bool restricted) {
  if (!is_property_name(name)) return about(name, "is not the name of a property of systemd's");
  const bool in_seconds = name.ends_with("Sec") && !name.ends_with("USec");
  const std::string full =
      in_seconds ? std::string(name.substr(0, name.size() - 3)) + "USec" : std::string(name);
  if (std::find(kOurs.begin(), kOurs.end(), full) != kOurs.end()) {
    return about(name, "is for the runtime to set, so that it finds the container's cgroup again");
  }
  const auto known = std::find_if(kKnown.begin(), kKnown.end(),
                                  [&](const KnownProperty& each) { return each.name == full; });
  if (restricted && known == kKnown.end()) {
    return config_error(ErrorKind::Denied, "/annotations/org.systemd.property." + std::string(name),
                        "is not among the properties that a plain user's containers may set")
        .with_hint(
            "they may set resources (MemoryHigh, CPUWeight, ...), Description, CollectMode, "
            "KillSignal, TimeoutStopSec, RuntimeMaxSec; the manual page lists them");
  }
  Result<UnitProperty> property =
      in_seconds ? parse_seconds(name, text)
                 : parse_gvariant(text, known == kKnown.end() ? "" : known->signature);
  if (!property) {
    if (property.error().text.starts_with("/annotations")) return property;
    return about(name, property.error().text)
        .with_hint("the value is in GVariant's text form: 'text', uint64 5, true, ['a', 'b']");
  }
  property->name = full;
  return property;
}

}  // namespace ocirt::plan
