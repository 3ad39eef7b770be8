// Refuses a pull that can't fit, before the first byte.
#include <errno.h>
#include <fmt/core.h>
#include <sys/quota.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "frontend/images/pull.h"
#include "sys/file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

namespace ocirt::images {

namespace {

// Layers of gzip unpack to two or three times their size. What certainly doesn't fit is refused:
// once unpacked and, while it is under way, once as it came.
constexpr uint64_t kLeastGrowth_percent = 120;
constexpr uint64_t kUsualGrowth_percent = 250;
constexpr uint64_t kInodesPerLayer = 16;

std::string amount(uint64_t bytes) {
  constexpr double kGiB = 1 << 30;
  constexpr double kMiB = 1 << 20;
  const auto value = static_cast<double>(bytes);
  return value >= kGiB ? fmt::format("{:.1f} GiB", value / kGiB)
                       : fmt::format("{:.0f} MiB", value / kMiB);
}

// What the user's quota leaves, if there is one (quotactl_fd(2), Linux 5.14).
std::optional<uint64_t> quota_left(int directory) {
#ifdef SYS_quotactl_fd
  dqblk quota{};
  if (::syscall(SYS_quotactl_fd, directory, QCMD(Q_GETQUOTA, USRQUOTA), ::geteuid(), &quota) != 0) {
    return std::nullopt;
  }
  constexpr uint64_t kQuotaBlock = 1024;
  if ((quota.dqb_valid & QIF_BLIMITS) == 0 || quota.dqb_bhardlimit == 0) return std::nullopt;
  const uint64_t limit = quota.dqb_bhardlimit * kQuotaBlock;
  return limit > quota.dqb_curspace ? limit - quota.dqb_curspace : 0;
#else
  (void)directory;
  return std::nullopt;
#endif
}

}  // namespace

Result<> check_space(const Store& store, uint64_t compressed_bytes, size_t layers) {
  struct statvfs space {};
  if (layers == 0 || ::fstatvfs(store.partial(), &space) != 0) return {};
  const uint64_t free_bytes = space.f_bavail * space.f_frsize;
  const std::optional<uint64_t> quota = quota_left(store.partial());
  const uint64_t available = std::min(free_bytes, quota.value_or(free_bytes));
  if (available < compressed_bytes / 100 * kLeastGrowth_percent) {
    std::string left = fmt::format("{} has {} free", store.root(), amount(free_bytes));
    if (quota) left += fmt::format(" and your quota leaves {}", amount(*quota));
    return system_error(ENOSPC, fmt::format("it needs about {} unpacked ({} layer{}), {}",
                                            amount(compressed_bytes / 100 * kUsualGrowth_percent),
                                            layers, layers == 1 ? "" : "s", left))
        .with_hint(
            "ocictl system df shows what is used, ocictl image prune frees some of it; or "
            "name another store: --root DIR");
  }
  // File systems without a fixed number of inodes say 0 of 0.
  if (space.f_files != 0 && space.f_favail < layers * kInodesPerLayer) {
    return system_error(ENOSPC, fmt::format("{} has only {} free inodes", store.root(),
                                            static_cast<uint64_t>(space.f_favail)));
  }
  return {};
}

}  // namespace ocirt::images
