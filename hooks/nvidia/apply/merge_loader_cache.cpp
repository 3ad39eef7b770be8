// Merges the plan's libraries into the image's loader cache, in memory.
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>

#include "hooks/nvidia/apply/apply.h"
#include "sys/file.h"

namespace ocirt::nvidia {

std::optional<std::string> merge_loader_cache(Plan& plan, const sys::RootDir& root) {
  if (plan.cache_entries.empty()) return std::nullopt;
  LoaderCache cache;
  // O_NONBLOCK: an image may have a fifo there, of which nobody holds the other end.
  const Result<UniqueFd> file =
      root.open({kLoaderCachePath}, O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_NOCTTY);
  struct stat status {};
  const bool is_file =
      file && ::fstat(file->get(), &status) == 0 && S_ISREG(status.st_mode) && status.st_size > 0;
  if (is_file) {
    const Result<std::string> bytes = sys::read_all(file->get(), kLargestLoaderCache);
    Result<LoaderCache> theirs =
        bytes ? parse_loader_cache(*bytes) : Result<LoaderCache>(bytes.error());
    if (!theirs) {
      plan.warnings.push_back(
          fmt::format("{} stays as it is: {}", kLoaderCachePath, theirs.error().text));
      return std::nullopt;
    }
    cache = std::move(*theirs);
  }
  add_in_front(cache, plan.cache_entries);
  return format_loader_cache(std::move(cache));
}

}  // namespace ocirt::nvidia
