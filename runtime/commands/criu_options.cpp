// What `checkpoint` and `restore` have in common on their command lines.
#include "runtime/commands/criu_options.h"

#include <fmt/core.h>

#include "runtime/commands/paths.h"

namespace ocirt::commands {

namespace {

Error unknown_word(std::string_view option, std::string_view word, std::string_view known) {
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--{} is {}, not \"{}\"", option, known, word));
}

Result<plan::CriuCgroupMode> cgroup_mode(const ParsedLine& line) {
  const std::string word = line.value("manage-cgroups-mode", "soft");
  if (word == "soft" || word.empty()) return plan::CriuCgroupMode::Soft;
  if (word == "full") return plan::CriuCgroupMode::Full;
  if (word == "strict") return plan::CriuCgroupMode::Strict;
  if (word == "ignore") return plan::CriuCgroupMode::Ignore;
  return unknown_word("manage-cgroups-mode", word, "soft, full, strict or ignore");
}

Result<std::optional<plan::CriuNetworkLock>> network_lock(const ParsedLine& line) {
  using Lock = std::optional<plan::CriuNetworkLock>;
  const std::string word = line.value("network-lock");
  if (word.empty()) return Lock();
  if (word == "iptables") return Lock(plan::CriuNetworkLock::Iptables);
  if (word == "nftables") return Lock(plan::CriuNetworkLock::Nftables);
  if (word == "skip") return Lock(plan::CriuNetworkLock::Skip);
  return unknown_word("network-lock", word, "iptables, nftables or skip");
}

Result<> read_page_server(const ParsedLine& line, plan::CriuOptions& options) {
  const std::string place = line.value("page-server");
  if (place.empty()) return {};
  constexpr int kMostPort = 65535;
  const size_t colon = place.rfind(':');
  if (colon == std::string::npos || colon == 0) {
    return unknown_word("page-server", place, "ADDRESS:PORT");
  }
  options.page_server_address = place.substr(0, colon);
  options.page_server_port =
      static_cast<uint16_t>(TRY(parse_number("page-server", place.substr(colon + 1), kMostPort)));
  return {};
}

// Memory that comes while the container runs already: whoever asks for it has to serve the pages.
Result<> refuse_lazy_pages(const ParsedLine& line) {
  const bool asks = line.flag("lazy-pages") || line.has("status-fd");
  if (!asks) return {};
  return make_error(ErrorKind::Unsupported,
                    fmt::format("--{} is not supported",
                                line.has("lazy-pages") ? "lazy-pages" : "status-fd"))
      .with_hint(
          "--pre-dump and --parent-path keep the time short that the container stands still");
}

}  // namespace

Result<plan::CriuOptions> criu_options(const ParsedLine& line) {
  TRY(refuse_lazy_pages(line));
  plan::CriuOptions options;
  options.leave_running = line.flag("leave-running");
  options.pre_dump = line.flag("pre-dump");
  options.tcp_established = line.flag("tcp-established");
  options.tcp_close = line.flag("tcp-close");
  options.tcp_skip_in_flight = line.flag("tcp-skip-in-flight");
  options.external_unix_sockets = line.flag("ext-unix-sk");
  options.shell_job = line.flag("shell-job");
  options.file_locks = line.flag("file-locks");
  options.link_remap = line.flag("link-remap");
  options.auto_dedup = line.flag("auto-dedup");
  for (const std::string& word : line.values("empty-ns")) {
    if (word != "network") return unknown_word("empty-ns", word, "network");
    options.empty_network = true;
  }
  options.cgroup_mode = TRY(cgroup_mode(line));
  options.network_lock = TRY(network_lock(line));
  options.parent_images = line.value("parent-path");
  if (options.parent_images.starts_with('/')) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--parent-path \"{}\" is not relative to --image-path",
                                  options.parent_images))
        .with_hint("CRIU stores it in the images, which may move: --parent-path ../before");
  }
  options.lsm_profile = line.value("lsm-profile");
  options.lsm_mount_context = line.value("lsm-mount-context");
  if (!options.lsm_profile.empty() && !options.lsm_profile.starts_with("apparmor:") &&
      !options.lsm_profile.starts_with("selinux:")) {
    return unknown_word("lsm-profile", options.lsm_profile, "apparmor:NAME or selinux:LABEL");
  }
  TRY(read_page_server(line, options));
  return options;
}

Result<HostPath> image_path(const ParsedLine& line) {
  return absolute_path(line.value("image-path", "checkpoint"));
}

Result<HostPath> work_path(const ParsedLine& line) {
  if (line.value("work-path").empty()) return HostPath{};
  return absolute_path(line.value("work-path"));
}

}  // namespace ocirt::commands
