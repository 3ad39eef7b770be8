// The files that say how a payload ended. What they need is reserved while the disk still has it.
#include "shim/exit_files.h"

#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include <cerrno>
#include <utility>

#include "sys/file.h"

namespace ocirt::shim {
namespace {

constexpr mode_t kMode = 0644;
constexpr off_t kRoom = 512;  // bytes, more than a number or a record takes

Result<> sync(int fd) {
  if (::fsync(fd) == 0 || errno == EINVAL || errno == EROFS) return {};
  return last_error("fsync");
}

// A name that nobody waits for.
std::string temporary_name(const std::string& name) {
  return "." + name + "." + std::to_string(::getpid());
}

Result<> put_in_place(int directory, const std::string& temporary, const std::string& name) {
  if (::renameat(directory, temporary.c_str(), directory, name.c_str()) != 0) {
    return last_error("rename \"" + temporary + "\" to \"" + name + "\"");
  }
  return sync(directory);
}

}  // namespace

ReservedFile::ReservedFile(std::string directory, std::string name)
    : directory_(std::move(directory)), name_(std::move(name)) {
  file_.reset(::open(directory_.c_str(), O_TMPFILE | O_WRONLY | O_CLOEXEC, kMode));
  // Where room can't be reserved, it will be asked for in the end.
  if (file_) (void)::fallocate(file_.get(), FALLOC_FL_KEEP_SIZE, 0, kRoom);
}

Result<> ReservedFile::commit(std::string_view content) {
  const UniqueFd directory =
      TRY(sys::open_at(AT_FDCWD, directory_.c_str(), O_RDONLY | O_DIRECTORY));
  if (file_) {
    const Result<> done = commit_reserved(directory.get(), content);
    file_.reset();
    if (done) return {};
  }
  const std::string temporary = temporary_name(name_);
  const UniqueFd file = TRY(sys::open_at(directory.get(), temporary.c_str(),
                                         O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, kMode));
  Result<> written = sys::write_all(file.get(), content);
  if (written) written = sync(file.get());
  if (written) written = put_in_place(directory.get(), temporary, name_);
  if (!written) {
    written.error().text = "write \"" + directory_ + "/" + name_ + "\"";
    (void)::unlinkat(directory.get(), temporary.c_str(), 0);  // the first error matters more
  }
  return written;
}

Result<> ReservedFile::commit_reserved(int directory, std::string_view content) {
  TRY(sys::write_all(file_.get(), content));
  TRY(sync(file_.get()));
  const std::string temporary = temporary_name(name_);
  const std::string itself = "/proc/self/fd/" + std::to_string(file_.get());
  if (::linkat(AT_FDCWD, itself.c_str(), directory, temporary.c_str(), AT_SYMLINK_FOLLOW) != 0) {
    return last_error("link \"" + temporary + "\"");
  }
  return put_in_place(directory, temporary, name_);
}

Result<> make_mark(const std::string& directory, const char* name) {
  const std::string path = directory + "/" + name;
  (void)TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_NOFOLLOW, 0666));
  return {};
}

}  // namespace ocirt::shim
