// Compiles the container's seccomp profile, or takes the filter from the cache; loads it.
#include "runtime/stages/seccomp.h"

#include <linux/seccomp.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

#include "runtime/stages/seccomp_cache.h"
#include "runtime/stages/seccomp_compile.h"
#include "sys/seccomp.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

bool notifies(const spec::Seccomp& profile) {
  return std::any_of(
      profile.syscalls.begin(), profile.syscalls.end(),
      [](const spec::SeccompRule& rule) { return rule.action == "SCMP_ACT_NOTIFY"; });
}

unsigned load_flags(const spec::Seccomp& profile) {
  constexpr std::array<std::pair<std::string_view, unsigned long>, 4> kFlags = {{
      {"SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC},
      {"SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG},
      {"SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW},
      {"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV", SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV},
  }};
  unsigned long flags = 0;
  for (const std::string& asked : profile.flags) {
    for (const auto& [name, flag] : kFlags) {
      if (asked == name) flags |= flag;
    }
  }
  if (notifies(profile)) {
    flags |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
    // Both want to return a number; this lets TSYNC say its with an errno (Linux 5.7).
    if ((flags & SECCOMP_FILTER_FLAG_TSYNC) != 0) flags |= SECCOMP_FILTER_FLAG_TSYNC_ESRCH;
  } else {
    // Without a listener the kernel refuses it; nobody waits for one then.
    flags &= ~static_cast<unsigned long>(SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV);
  }
  return static_cast<unsigned>(flags);
}

}  // namespace

Result<std::vector<sock_filter>> compile_seccomp(const spec::Seccomp& profile,
                                                 const HostPath& cache_dir,
                                                 std::string_view source) {
  if (source.empty()) return compile_profile(profile);
  const SeccompCache cache(cache_dir);
  if (std::optional<std::vector<sock_filter>> filter = cache.find(source)) {
    return *std::move(filter);
  }
  std::vector<sock_filter> filter = TRY(compile_profile(profile));
  cache.keep(source, filter);
  return filter;
}

Result<UniqueFd> load_seccomp(std::span<const sock_filter> filter, const plan::SeccompPlan& plan) {
  return sys::load_seccomp_filter(filter, load_flags(plan.profile));
}

Result<> send_seccomp_listener(int listener_fd, const HostPath& socket_path,
                               std::string_view state) {
  const UniqueFd socket = TRY(sys::connect_stream(socket_path.text));
  Result<> sent = sys::send_packet(socket.get(), std::as_bytes(std::span(state)), listener_fd);
  if (!sent) sent.error().text = "send the seccomp listener to " + socket_path.text;
  return sent;
}

}  // namespace ocirt::stages
