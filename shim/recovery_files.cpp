// The files of a recovery directory: what they are called, and who may have made them.
#include "shim/recovery_files.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <string_view>

#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr std::string_view kPayload = ".payload";
constexpr std::string_view kUnfinished = ".new";
constexpr mode_t kDirectoryMode = 0700;

}  // namespace

std::string payload_file(const std::string& name) {
  return name + std::string(kPayload);
}

std::string unfinished_file(const std::string& name) {
  return "." + name + std::string(kUnfinished);
}

std::string name_of_unfinished(const std::string& file) {
  if (!file.starts_with('.') || !file.ends_with(kUnfinished)) return {};
  if (file.size() <= 1 + kUnfinished.size()) return {};
  return file.substr(1, file.size() - 1 - kUnfinished.size());
}

bool is_payload_file(const std::string& file) {
  return file.ends_with(kPayload);
}

Result<> check_entry_name(const std::string& name) {
  if (!name.empty() && name[0] != '.' && name.find('/') == name.npos && !is_payload_file(name)) {
    return {};
  }
  return make_error(ErrorKind::InvalidConfig,
                    "--recovery-dir: no file can be named \"" + name + "\"");
}

Result<UniqueFd> open_recovery_dir(const std::string& path, bool may_make) {
  if (may_make && ::mkdir(path.c_str(), kDirectoryMode) != 0 && errno != EEXIST) {
    return last_error("make the recovery directory \"" + path + "\"");
  }
  UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  struct stat about {};
  if (::fstat(directory.get(), &about) != 0) return last_error("look at \"" + path + "\"");
  if (about.st_uid != ::geteuid() || (about.st_mode & (S_IWGRP | S_IWOTH)) != 0) {
    return make_error(ErrorKind::Denied,
                      "the recovery directory \"" + path + "\" is not ours alone to write to");
  }
  return directory;
}

Result<UniqueFd> lock_of_the_dead(int directory, const std::string& name) {
  UniqueFd file = TRY(sys::open_at(directory, name.c_str(), O_RDONLY | O_NOFOLLOW));
  if (::flock(file.get(), LOCK_EX | LOCK_NB) != 0) {
    if (errno == EWOULDBLOCK) return UniqueFd();
    return last_error("lock \"" + name + "\"");
  }
  struct stat about {};
  if (::fstat(file.get(), &about) != 0 || about.st_nlink == 0) return UniqueFd();
  if (!S_ISREG(about.st_mode) || about.st_uid != ::geteuid()) {
    return make_error(ErrorKind::Denied, "\"" + name + "\" isn't a file of ours");
  }
  return file;
}

void remove_entry(int directory, const std::string& name) {
  // Whoever finds what is left when we die on the way knows that it is only to be removed.
  const std::string unfinished = unfinished_file(name);
  (void)::renameat(directory, name.c_str(), directory, unfinished.c_str());
  const std::string file = payload_file(name);
  const std::string path = "/proc/self/fd/" + std::to_string(directory) + "/" + file;
  (void)::umount2(path.c_str(), MNT_DETACH | UMOUNT_NOFOLLOW);
  (void)::unlinkat(directory, file.c_str(), 0);
  (void)::unlinkat(directory, unfinished.c_str(), 0);
}

Result<std::string> own_boot_id() {
  std::string id = TRY(sys::read_file(AT_FDCWD, "/proc/sys/kernel/random/boot_id", 64));
  if (id.ends_with('\n')) id.pop_back();
  return id;
}

}  // namespace ocirt::shim
