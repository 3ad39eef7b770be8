// Gathers the facts about this process and this host that decisions depend on. Runs in: creator.
#include "runtime/stages/probe.h"

#include <fcntl.h>
#include <linux/magic.h>
#include <linux/nsfs.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "runtime/stages/probe_cgroup.h"
#include "runtime/stages/probe_text.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::stages {

namespace {

constexpr size_t kProcLimit = 64 << 10;   // of a file of /proc
constexpr size_t kTableLimit = 16 << 20;  // of /etc/passwd, /etc/subuid: many users
constexpr const char* kOwnUserNamespace = "/proc/self/ns/user";
constexpr unsigned kCapSetgid = 6;
constexpr unsigned kCapSetuid = 7;
constexpr unsigned kCapSysAdmin = 21;

bool has_capability(const plan::HostFacts& facts, unsigned number) {
  return (facts.effective_capabilities >> number & 1) != 0;
}

Error unexpected(const char* path) {
  return make_error(ErrorKind::System, std::string("read \"") + path + "\": not as expected");
}

/// CAP_LAST_CAP: prctl(2) knows of no later one. Starts at the last that we know by name.
int probe_last_capability() {
  int last = 40;
  while (last > 0 && ::prctl(PR_CAPBSET_READ, last, 0, 0, 0) < 0) --last;
  while (last < 63 && ::prctl(PR_CAPBSET_READ, last + 1, 0, 0, 0) >= 0) ++last;
  return last;
}

/// The host's first user namespace has a number that never changes (PROC_USER_INIT_INO).
bool probe_user_namespace() {
  const Result<std::string> own = sys::read_link(AT_FDCWD, kOwnUserNamespace);
  // A kernel without user namespaces has no such file.
  return own && *own != "user:[4026531837]";
}

bool probe_apparmor() {
  const Result<std::string> enabled =
      sys::read_file(AT_FDCWD, "/sys/module/apparmor/parameters/enabled", kProcLimit);
  return enabled && enabled->starts_with('Y');
}

bool probe_selinux() {
  const Result<uint64_t> type = sys::file_system_type("/sys/fs/selinux");
  return type && *type == SELINUX_MAGIC;
}

bool probe_resctrl() {
  const Result<uint64_t> type = sys::file_system_type("/sys/fs/resctrl");
  return type && *type == RDTGROUP_SUPER_MAGIC;
}

/// Does our mount namespace belong to our user namespace? Then our capabilities count in it.
bool probe_mount_namespace() {
  const Result<UniqueFd> mounts = sys::open_at(AT_FDCWD, "/proc/self/ns/mnt", O_RDONLY);
  if (!mounts) return false;
  const UniqueFd owner(::ioctl(mounts->get(), NS_GET_USERNS));
  if (!owner) return false;  // it belongs to a user namespace above ours (ioctl_ns(2))
  const std::string link = "/proc/self/fd/" + std::to_string(owner.get());
  const Result<std::string> owner_name = sys::read_link(AT_FDCWD, link.c_str());
  const Result<std::string> own_name = sys::read_link(AT_FDCWD, kOwnUserNamespace);
  return owner_name && own_name && *owner_name == *own_name;
}

Result<std::vector<spec::IdMapping>> read_id_map(const char* path) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, path, kProcLimit));
  std::optional<std::vector<spec::IdMapping>> map = parse_id_map(text);
  if (!map) return unexpected(path);
  return *std::move(map);
}

/// What only differs from the first user namespace's in another one.
Result<> probe_own_namespace(plan::HostFacts& facts) {
  facts.own_uid_map = TRY(read_id_map("/proc/self/uid_map"));
  facts.own_gid_map = TRY(read_id_map("/proc/self/gid_map"));
  const std::string setgroups = TRY(sys::read_file(AT_FDCWD, "/proc/self/setgroups", kProcLimit));
  facts.setgroups_allowed = !setgroups.starts_with("deny");
  facts.owns_mount_namespace = has_capability(facts, kCapSysAdmin) && probe_mount_namespace();
  return {};
}

std::string read_or_empty(const char* path) {
  Result<std::string> text = sys::read_file(AT_FDCWD, path, kTableLimit);
  return text ? *std::move(text) : std::string();
}

/// What a user without rights may map into a user namespace. Not by the name services: a static
/// program has none, and newuidmap only knows others if they are configured for it.
void probe_subordinate_ids(plan::HostFacts& facts) {
  facts.has_newuidmap =
      !sys::find_program("newuidmap").empty() && !sys::find_program("newgidmap").empty();
  const std::string login = find_login(read_or_empty("/etc/passwd"), facts.euid);
  facts.subordinate_uids = parse_subordinate_ids(read_or_empty("/etc/subuid"), facts.euid, login);
  facts.subordinate_gids = parse_subordinate_ids(read_or_empty("/etc/subgid"), facts.euid, login);
}

}  // namespace

Result<plan::HostFacts> probe_caller() {
  const std::string text = TRY(sys::read_file(AT_FDCWD, "/proc/self/status", kProcLimit));
  std::optional<ProcessStatus> status = parse_process_status(text);
  if (!status) return unexpected("/proc/self/status");

  plan::HostFacts facts;
  facts.euid = status->euid;
  facts.egid = status->egid;
  facts.groups = std::move(status->groups);
  facts.effective_capabilities = status->effective_capabilities;
  facts.bounding_capabilities = status->bounding_capabilities;
  facts.last_capability = probe_last_capability();
  facts.in_user_namespace = probe_user_namespace();
  if (facts.in_user_namespace) {
    TRY(probe_own_namespace(facts));
  } else {
    constexpr spec::IdMapping kAll = {.container_id = 0, .host_id = 0, .size = UINT32_MAX};
    facts.own_uid_map = {kAll};
    facts.own_gid_map = {kAll};
    facts.owns_mount_namespace = has_capability(facts, kCapSysAdmin);
  }
  if (!has_capability(facts, kCapSetuid) || !has_capability(facts, kCapSetgid)) {
    probe_subordinate_ids(facts);
  }
  facts.apparmor = probe_apparmor();
  facts.selinux = probe_selinux();
  facts.resctrl = probe_resctrl();
  return facts;
}

Result<plan::HostFacts> probe_host() {
  plan::HostFacts facts = TRY(probe_caller());
  facts.cgroup = TRY(probe_cgroups());
  return facts;
}

}  // namespace ocirt::stages
