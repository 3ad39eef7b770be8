// Writes a container's processes into files, through CRIU. Runs in: the `checkpoint` process.
#include "runtime/stages/checkpoint.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sched.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>

#include "base/log.h"
#include "runtime/plan/decide_criu.h"
#include "runtime/plan/mount_table.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/criu.h"
#include "runtime/stages/criu_descriptors.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr const char* kLogFile = "dump.log";
constexpr size_t kLargestMountTable = 64 << 20;

bool has_new_namespace(const spec::Config& config, std::string_view type) {
  if (!config.linux_) return false;
  const std::vector<spec::Namespace>& asked = config.linux_->namespaces;
  return std::any_of(asked.begin(), asked.end(), [&](const spec::Namespace& entry) {
    return entry.type == type && !entry.path;
  });
}

bool has_joined_namespace(const spec::Config& config, uint64_t clone_flag) {
  if (!config.linux_) return false;
  const std::string_view type = clone_flag == CLONE_NEWNET ? "network" : "pid";
  const std::vector<spec::Namespace>& asked = config.linux_->namespaces;
  return std::any_of(asked.begin(), asked.end(), [&](const spec::Namespace& entry) {
    return entry.type == type && entry.path && !entry.path->empty();
  });
}

// CRIU would bind the source anew, and its files would have other owners.
Result<> refuse_mapped_mounts(const spec::Config& config) {
  for (const spec::Mount& mount : config.mounts) {
    const bool has_option =
        std::any_of(mount.options.begin(), mount.options.end(), [](const std::string& option) {
          return option.starts_with("idmap") || option.starts_with("ridmap");
        });
    if (!has_option && mount.uid_mappings.empty()) continue;
    return make_error(
        ErrorKind::Unsupported,
        fmt::format("CRIU can't restore the id-mapped mount on \"{}\"", mount.destination));
  }
  return {};
}

Result<std::vector<plan::MountedTree>> mounts_seen_by(const std::string& process) {
  const std::string path = fmt::format("/proc/{}/mountinfo", process);
  return plan::parse_mount_table(TRY(sys::read_file(AT_FDCWD, path.c_str(), kLargestMountTable)));
}

Result<std::vector<std::string>> externals(const spec::Config& config, pid_t init) {
  std::vector<std::string> external;
  for (const plan::ExternalNamespace& known : plan::external_namespaces()) {
    if (!has_joined_namespace(config, known.clone_flag)) continue;
    struct stat status {};
    const std::string path = fmt::format("/proc/{}/ns/{}", init, known.type);
    if (::fstatat(AT_FDCWD, path.c_str(), &status, 0) < 0)
      return last_error(fmt::format("look at \"{}\"", path));
    external.push_back(fmt::format("{}[{}]:{}", known.type, status.st_ino, known.name));
  }
  return external;
}

Result<> check_parent(int images, const std::string& parent) {
  if (parent.empty()) return {};
  struct stat status {};
  if (::fstatat(images, parent.c_str(), &status, 0) < 0) {
    return last_error(fmt::format("--parent-path \"{}\", from --image-path", parent));
  }
  return {};
}

Result<plan::CriuRequest> make_request(const CheckpointRequest& request, const store::State& state,
                                       const spec::Config& config, const CriuFiles& files) {
  plan::CriuRequest dump{
      .action = request.options.pre_dump ? plan::CriuAction::PreDump : plan::CriuAction::Dump,
      .options = request.options,
      .images_fd = kCriuImagesFd,
      .work_fd = kCriuWorkFd,
      .log_file = files.log_name,
      .pid = state.pid,
      .root = state.rootfs,
      .freeze_cgroup = plan::freezer_of(state.cgroup),
      .config_file = criu_config_of(state.annotations)};
  dump.external = TRY(externals(config, state.pid));
  const std::vector<plan::MountedTree> of_container =
      TRY(mounts_seen_by(fmt::format("{}", state.pid)));
  dump.external_mounts = plan::external_mounts(of_container, TRY(mounts_seen_by("self")),
                                               has_new_namespace(config, "cgroup"));
  const std::vector<std::string> descriptors = TRY(find_descriptors(state, of_container));
  std::copy_if(descriptors.begin(), descriptors.end(), std::back_inserter(dump.external),
               is_external_file);
  if (!request.options.pre_dump) TRY(write_descriptors(files.images.get(), descriptors));
  return dump;
}

Result<> dump(const CriuFiles& files, const plan::CriuRequest& request) {
  CriuSession criu = TRY(CriuSession::start(files, {}));
  TRY(criu.request(request));
  while (true) {
    const CriuSession::Event event = TRY(criu.next());
    if (!event.reply.is_notification) break;
    log_debug(fmt::format("CRIU: {}", event.reply.notification));
    TRY(criu.acknowledge(true));
  }
  return criu.finish();
}

}  // namespace

std::string criu_config_of(const std::map<std::string, std::string>& annotations) {
  // Hosts that come from runc have that one's; CRIU passes a missing file over.
  const bool has_own = ::faccessat(AT_FDCWD, kCriuConfigFile, F_OK, 0) == 0;
  return plan::criu_config_file(annotations, has_own ? kCriuConfigFile : "/etc/criu/runc.conf");
}

Result<> checkpoint(const CheckpointRequest& request, const store::State& state, const Live& live,
                    const spec::Config& config) {
  TRY(refuse_mapped_mounts(config));
  const CriuFiles files =
      TRY(open_criu_files(request.images, request.work, kLogFile, /*make=*/true));
  TRY(check_parent(files.images.get(), request.options.parent_images));
  Result<> dumped = dump(files, TRY(make_request(request, state, config, files)));
  if (dumped) return {};
  // CRIU may have been killed with the container stopped; what was paused before, stays so.
  if (live.status != Status::Paused && is_frozen(state.cgroup).value_or(false)) {
    if (Result<> thawed = thaw_cgroup(state.cgroup); !thawed) {
      log_warning(thawed.error().message());
    }
  }
  return dumped;
}

}  // namespace ocirt::stages
