// Finds out what there is of systemd. Runs in: creator, where --systemd-cgroup is given.
#include "runtime/stages/probe_systemd.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <stdlib.h>
#include <unistd.h>

#include <algorithm>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "runtime/plan/decide_unit.h"
#include "runtime/stages/probe_cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 64 << 10;  // bytes

std::string variable(const char* name) {
  const char* value = ::getenv(name);
  return value == nullptr ? "" : value;
}

// The path of "unix:path=/run/user/1000/bus,guid=..."; empty for an address of another kind, which
// only who connects can judge.
std::string socket_of(std::string_view address) {
  constexpr std::string_view kPrefix = "unix:path=";
  if (!address.starts_with(kPrefix)) return {};
  address.remove_prefix(kPrefix.size());
  return std::string(address.substr(0, address.find_first_of(",;")));
}

plan::SessionBus look_at_bus(std::string origin, std::string address) {
  plan::SessionBus bus{.origin = std::move(origin), .address = std::move(address)};
  const std::string path = socket_of(bus.address);
  const std::optional<uid_t> owner = sys::owner_of(path.c_str());
  bus.exists = path.empty() || owner;
  bus.is_own = path.empty() || owner == ::geteuid();
  return bus;
}

void find_session_buses(plan::SystemdFacts& facts, uint32_t uid) {
  const std::string told = variable("DBUS_SESSION_BUS_ADDRESS");
  if (!told.empty()) {
    facts.session_buses.push_back(look_at_bus("DBUS_SESSION_BUS_ADDRESS", told));
  }
  facts.runtime_directory = variable("XDG_RUNTIME_DIR");
  if (!facts.runtime_directory.empty()) {
    facts.runtime_directory_is_own = sys::owner_of(facts.runtime_directory.c_str()) == ::geteuid();
    facts.session_buses.push_back(
        look_at_bus("XDG_RUNTIME_DIR", "unix:path=" + facts.runtime_directory + "/bus"));
  }
  // Where logind puts it, for a caller whose environment was lost (cron, su).
  const std::string usual = fmt::format("unix:path=/run/user/{}/bus", uid);
  if (facts.session_buses.empty() || facts.session_buses.back().address != usual) {
    facts.session_buses.push_back(look_at_bus("/run/user", usual));
  }
}

// The system's manager is process 1, in "init.scope" below its own cgroup; that is the root, but
// for a systemd in a container without a cgroup namespace.
std::string system_manager_path() {
  constexpr std::string_view kOwnScope = "/init.scope";
  const Result<std::string> text = sys::read_file(AT_FDCWD, "/proc/1/cgroup", kFileLimit);
  if (!text) return {};
  for (const std::string_view kind : {"\n0::", "\n1:name=systemd:"}) {
    const std::string lines = "\n" + *text;
    const size_t at = lines.find(kind);
    if (at == std::string::npos) continue;
    std::string path = lines.substr(at + kind.size());
    path.erase(std::min(path.find('\n'), path.size()));
    if (path.ends_with(kOwnScope)) return path.substr(0, path.size() - kOwnScope.size());
  }
  return {};
}

// A user's manager is user@UID.service, where we may be ourselves.
std::string user_manager_path(const plan::CgroupFacts& facts, uint32_t uid) {
  const std::string service = fmt::format("/user@{}.service", uid);
  if (facts.v2) {
    const size_t at = (facts.v2->own_path + "/").find(service + "/");
    if (at != std::string::npos) return facts.v2->own_path.substr(0, at + service.size());
  }
  return fmt::format("/user.slice/user-{}.slice{}", uid, service);
}

}  // namespace

Result<> probe_systemd(plan::HostFacts& host) {
  plan::SystemdFacts& facts = host.systemd;
  facts.is_running = sys::exists("/run/systemd/system");
  facts.system_bus = variable("DBUS_SYSTEM_BUS_ADDRESS");
  if (facts.system_bus.empty()) facts.system_bus = "unix:path=/run/dbus/system_bus_socket";
  facts.system_bus_exists = look_at_bus({}, facts.system_bus).exists;
  if (!facts.is_running) return {};
  if (plan::is_privileged(host)) {
    facts.manager_path = system_manager_path();
  } else {
    const uint32_t uid = plan::uid_on_host(host);
    find_session_buses(facts, uid);
    facts.manager_path = user_manager_path(host.cgroup, uid);
  }
  if (host.cgroup.v2) {
    // Not there: then the manager isn't either, which its bus will tell.
    Result<std::vector<plan::CgroupLevel>> levels =
        probe_levels(host.cgroup.v2->mount_point.text, facts.manager_path);
    if (levels) facts.manager_levels = *std::move(levels);
  }
  return {};
}

}  // namespace ocirt::stages
