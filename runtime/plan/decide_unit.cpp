// Decides the unit of systemd that a container's cgroup lies in. Pure.
#include "runtime/plan/decide_unit.h"

#include <algorithm>
#include <string>
#include <utility>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

constexpr std::string_view kPropertyPrefix = "org.systemd.property.";
constexpr std::string_view kUseCgroupfs =
    "leave out --systemd-cgroup (podman: --cgroup-manager=cgroupfs; containerd: "
    "SystemdCgroup=false)";

// --- names ---------------------------------------------------------------------------------------

// What a unit's name may be made of (systemd.unit(5)).
bool may_be_in_unit_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == ':' || letter == '-' || letter == '_' ||
         letter == '.';
}

// As systemd-escape(1) does it: "a+b" is "a\x2bb".
std::string escaped(std::string_view text) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string name;
  for (const char letter : text) {
    if (may_be_in_unit_name(letter)) {
      name += letter;
      continue;
    }
    const auto byte = static_cast<unsigned char>(letter);
    name += "\\x";
    name += kDigits[byte / 16];
    name += kDigits[byte % 16];
  }
  return name;
}

Error path_error(std::string_view asked, std::string_view problem) {
  return config_error(ErrorKind::InvalidConfig, "/linux/cgroupsPath",
                      quoted(asked) + " " + std::string(problem), "config-linux.md#cgroups-path");
}

struct UnitNames {
  std::string slice;  // "machine.slice"
  std::string scope;  // "libpod-1234.scope"
};

// As runc and crun: "slice:prefix:name", where slice and prefix may be empty; or a plain name.
Result<UnitNames> unit_names(std::string_view asked, const std::string& id, bool for_user) {
  constexpr size_t kLongestName = 255;
  UnitNames names{.slice = for_user ? "user.slice" : "system.slice",
                  .scope = "ocirt-" + escaped(id)};
  const std::vector<std::string_view> parts = split(asked, ':');
  if (!asked.empty() && parts.size() == 1 && asked.find('/') == std::string_view::npos) {
    names.scope = escaped(asked);
  } else if (parts.size() == 3) {
    if (!parts[0].empty()) names.slice = parts[0];
    if (parts[2].empty()) return path_error(asked, "has no name after its last \":\"");
    names.scope = (parts[1].empty() ? "" : escaped(parts[1]) + "-") + escaped(parts[2]);
  } else if (!asked.empty()) {
    return path_error(asked, "must have the form slice:prefix:name for cgroups of systemd");
  }
  if (names.scope.ends_with(".slice")) {
    return path_error(asked, "names a slice, which can't hold processes");
  }
  if (!names.scope.ends_with(".scope")) names.scope += ".scope";
  if (names.scope.size() > kLongestName) return path_error(asked, "is too long for a unit's name");
  return names;
}

// Where systemd puts the slice "a-b.slice": at "/a.slice/a-b.slice"; each dash is a level.
Result<std::string> slice_path(std::string_view slice, std::string_view asked) {
  constexpr std::string_view kSuffix = ".slice";
  if (slice == "-.slice") return std::string();
  const std::string_view stem =
      slice.ends_with(kSuffix) ? slice.substr(0, slice.size() - kSuffix.size()) : "";
  std::string path;
  std::string name;
  for (const std::string_view part : split(stem, '-')) {
    const bool sound = !part.empty() && part != "." && part != ".." &&
                       std::all_of(part.begin(), part.end(), may_be_in_unit_name);
    if (!sound) return path_error(asked, "begins with what is not the name of a slice");
    name += (name.empty() ? "" : "-") + std::string(part);
    path += "/" + name + std::string(kSuffix);
  }
  return path;
}

// --- properties ----------------------------------------------------------------------------------

UnitProperty text_property(std::string_view name, std::string value) {
  return {.name = std::string(name), .signature = "s", .words = {std::move(value)}};
}

UnitProperty flag_property(std::string_view name, bool value) {
  return {.name = std::string(name), .signature = "b", .words = {value ? "true" : "false"}};
}

Result<std::vector<UnitProperty>> asked_properties(
    const std::map<std::string, std::string>& annotations, bool restricted) {
  std::vector<UnitProperty> properties;
  for (const auto& [key, value] : annotations) {
    if (!key.starts_with(kPropertyPrefix)) continue;
    replace_properties(properties,
                       {TRY(decide_property(std::string_view(key).substr(kPropertyPrefix.size()),
                                            value, restricted))});
  }
  return properties;
}

// --- the bus -------------------------------------------------------------------------------------

Error no_session(const SystemdFacts& facts, uint32_t uid) {
  std::string text = "--systemd-cgroup: no systemd user session for uid " + std::to_string(uid);
  if (!facts.runtime_directory.empty() && !facts.runtime_directory_is_own) {
    text +=
        " (XDG_RUNTIME_DIR=" + facts.runtime_directory + " is not yours; was it `su` without `-`?)";
  } else {
    text += " (no bus at";
    for (const SessionBus& bus : facts.session_buses) {
      text += (&bus == &facts.session_buses.front() ? " " : ", ") + bus.address;
      if (bus.exists) text += ", which is another user's";
    }
    text += ")";
  }
  return make_error(ErrorKind::Unsupported, text)
      .with_hint("log in by ssh or `machinectl shell USER@`, ask for `loginctl enable-linger " +
                 std::to_string(uid) + "`, or " + std::string(kUseCgroupfs));
}

}  // namespace

uint32_t uid_on_host(const HostFacts& host) {
  for (const spec::IdMapping& mapping : host.own_uid_map) {
    if (host.euid >= mapping.container_id && host.euid - mapping.container_id < mapping.size) {
      return mapping.host_id + (host.euid - mapping.container_id);
    }
  }
  return host.euid;
}

Result<UnitReference> decide_bus(const HostFacts& host) {
  const SystemdFacts& facts = host.systemd;
  if (!facts.is_running) {
    return make_error(ErrorKind::Unsupported,
                      "--systemd-cgroup: there is no systemd here (no /run/systemd/system, nobody "
                      "on the bus " +
                          facts.system_bus + ")")
        .with_hint(std::string(kUseCgroupfs));
  }
  if (is_privileged(host)) {
    if (!facts.system_bus_exists) {
      return make_error(ErrorKind::Unsupported,
                        "--systemd-cgroup: nobody on the system's bus " + facts.system_bus)
          .with_hint("systemctl start dbus.socket; or " + std::string(kUseCgroupfs));
    }
    return UnitReference{.bus = facts.system_bus, .name = {}, .path = {}};
  }
  for (const SessionBus& bus : facts.session_buses) {
    if (bus.exists && bus.is_own) {
      return UnitReference{.bus = bus.address, .name = {}, .path = {}, .is_users = true};
    }
  }
  return no_session(facts, uid_on_host(host));
}

Result<UnitPlan> decide_unit(const spec::Config& config, const HostFacts& host,
                             const CreateOptions& options) {
  UnitPlan plan;
  plan.reference = TRY(decide_bus(host));
  const bool for_user = plan.reference.is_users;
  const std::string asked = config.linux_ ? config.linux_->cgroups_path.value_or("") : "";
  const UnitNames names = TRY(unit_names(asked, options.id, for_user));
  plan.reference.name = names.scope;
  plan.reference.path =
      host.systemd.manager_path + TRY(slice_path(names.slice, asked)) + "/" + names.scope;

  plan.properties = {
      text_property("Description", "container " + options.id + " of ocirt"),
      text_property("Slice", names.slice),
      // What is beneath the scope is ours: systemd changes no limit or device filter there.
      flag_property("Delegate", true),
      // Nothing that stops the scope before the container's engine does so.
      flag_property("DefaultDependencies", false),
      // A scope that failed would keep its name until somebody resets it.
      text_property("CollectMode", "inactive-or-failed"),
  };
  replace_properties(plan.properties, TRY(asked_properties(config.annotations, for_user)));
  return plan;
}

Result<std::string> decide_subgroup(const std::map<std::string, std::string>& annotations) {
  constexpr const char* kName = "run.oci.systemd.subgroup";
  const auto found = annotations.find(kName);
  if (found == annotations.end()) return std::string("container");
  const std::string& name = found->second;
  if (name == "." || name == ".." || name.find('/') != std::string::npos ||
      name.starts_with("cgroup.")) {
    return config_error(ErrorKind::InvalidConfig, std::string("/annotations/") + kName,
                        quoted(name) + " is not the name of a cgroup");
  }
  return name;
}

Error explain_bus_error(const UnitReference& unit, std::string_view step, std::string_view name,
                        std::string_view message) {
  const std::string what =
      "systemd: " + std::string(step) + (step == "connect to" ? " " + unit.bus : " " + unit.name);
  const std::string systemctl = unit.is_users ? "systemctl --user " : "systemctl ";
  std::string text = what + ": " + std::string(message);
  if (name == "org.freedesktop.systemd1.UnitExists") {
    return make_error(ErrorKind::AlreadyExists,
                      "systemd: the unit " + unit.name + " exists already, and has processes in it")
        .with_hint("another container has this cgroupsPath; or end what a killed one left with: " +
                   systemctl + "stop " + unit.name);
  }
  if (name == "org.freedesktop.DBus.Error.InteractiveAuthorizationRequired" ||
      name == "org.freedesktop.DBus.Error.AccessDenied") {
    return make_error(ErrorKind::Denied, text)
        .with_hint(unit.is_users ? "log in by ssh or `machinectl shell USER@`, so that you have a "
                                   "session of your own"
                                 : "only root may make units of the system");
  }
  if (name == "org.freedesktop.DBus.Error.PropertyReadOnly" ||
      name == "org.freedesktop.DBus.Error.UnknownProperty") {
    return make_error(ErrorKind::Unsupported, text)
        .with_hint(
            "an annotation org.systemd.property.* names what this version of systemd "
            "doesn't know, or can't set for a scope");
  }
  if (name == "org.freedesktop.DBus.Error.InvalidArgs" || name == "System.Error.ENXIO") {
    return make_error(ErrorKind::InvalidConfig, text)
        .with_hint("look at the annotations org.systemd.property.* and the limits");
  }
  if (name == "timeout") {
    return make_error(ErrorKind::System, text).with_hint("is it hung? " + systemctl + "list-jobs");
  }
  if (step == "connect to") {
    return make_error(ErrorKind::Unsupported, text).with_hint(std::string(kUseCgroupfs));
  }
  return make_error(ErrorKind::System, text)
      .with_hint("journalctl " + std::string(unit.is_users ? "--user " : "") + "-u " + unit.name +
                 " may tell more");
}

}  // namespace ocirt::plan
