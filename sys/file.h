// Files by directory fd and name: the calls that everybody needs. Knows no OCI word.
#pragma once

#include <sys/types.h>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::sys {

/// openat(2), always O_CLOEXEC. `directory` may be AT_FDCWD.
Result<UniqueFd> open_at(int directory, const char* path, int flags, mode_t mode = 0);

/// All bytes of a file, at most `limit`: a longer one is an error, since nothing we read is long.
Result<std::string> read_file(int directory, const char* path, size_t limit);

/// The same for a file that comes whole in one read(2) if the buffer is long enough: one on disk,
/// or one of cgroups or /proc that is no list. Saves the read that finds the end; who asks after
/// many containers at once notices.
Result<std::string> read_short_file(int directory, const char* path, size_t limit);

/// Where a symbolic link leads, at most 4095 bytes.
Result<std::string> read_link(int directory, const char* path);

/// access(2): may the caller, by its real ids, run `path`?
bool can_execute(const char* path);

/// Whether a program has capabilities of its own (capabilities(7), "File capabilities").
bool has_file_capability(const std::string& path);

/// Is there anything at `path`, as far as we can see?
bool exists(const char* path);

/// Whose file is at `path`, links followed; no value where there is none.
std::optional<uid_t> owner_of(const char* path);

/// `path` without links and dots; empty where there is nothing (realpath(3)).
std::string resolved_path(const char* path);

/// The magic number of the file system that `path` lies on (statfs(2)).
Result<uint64_t> file_system_type(const char* path);

/// All bytes from `fd` to its end, at most `limit`.
Result<std::string> read_all(int fd, size_t limit);

/// Writes all of `data`. Errors name no file: the caller knows it.
Result<> write_all(int fd, std::string_view data);

/// Writes `data` into an existing file with one write(2), as files of proc, sys and cgroup want it.
Result<> write_existing(int directory, const char* path, std::string_view data);

/// Opens a file that this call made: what stands at `name` is removed, never opened. It may have
/// been put there by a container: a fifo on which we would wait, a device, a link. `flags`:
/// O_WRONLY or O_RDWR.
Result<UniqueFd> create_file(int directory, const char* name, int flags, mode_t mode);

/// Makes `name` hold `data` as a whole or not at all: a temporary file, renamed. Replaces.
Result<> replace_file(int directory, const char* name, std::string_view data, mode_t mode);

/// An anonymous file in memory that holds `data`, positioned at its start.
Result<UniqueFd> memory_file(const char* name, std::string_view data);

}  // namespace ocirt::sys
