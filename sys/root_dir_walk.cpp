// Resolves a path below a directory component by component, and makes what is missing.
#include "sys/root_dir_walk.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <climits>
#include <vector>

namespace ocirt::sys {

namespace {

constexpr int kMostLinks = 40;  // the kernel's MAXSYMLINKS
// How often a component may vanish between mkdirat and openat before we call it an attack.
constexpr int kMostRaces = 128;

/// A walk under way: the directories from the root down to where we are, and what is still to come.
class Walker {
 public:
  Walker(int root_fd, std::string_view path, const WalkOptions& options)
      : root_fd_(root_fd), path_(path), options_(options) {
    add(path);
  }

  Result<Walked> run();

 private:
  struct Level {
    std::string name;
    UniqueFd fd;
  };

  void add(std::string_view path);
  Result<> enter(std::string name);
  Result<> enter_link(int link_fd);
  Result<UniqueFd> open_or_make(const std::string& name, bool last);
  Result<Walked> finish_at_parent(std::string name);
  Result<Walked> finish();

  [[nodiscard]] int top() const { return levels_.empty() ? root_fd_ : levels_.back().fd.get(); }
  [[nodiscard]] Error failed(int errno_value) const;

  int root_fd_;
  std::string_view path_;  // for errors
  const WalkOptions& options_;
  std::vector<Level> levels_;
  std::vector<std::string> pending_;  // the next component is the last element
  int links_ = 0;
};

// Puts the components of `path` in front of what is still to come.
void Walker::add(std::string_view path) {
  size_t end = path.size();
  while (end > 0) {
    const size_t slash = path.rfind('/', end - 1);
    const size_t begin = slash == std::string_view::npos ? 0 : slash + 1;
    const std::string_view component = path.substr(begin, end - begin);
    if (!component.empty() && component != ".") pending_.emplace_back(component);
    end = slash == std::string_view::npos ? 0 : slash;
  }
}

Error Walker::failed(int errno_value) const {
  std::string text = '"' + std::string(path_) + '"';
  if (errno_value == ENOTDIR) {
    text += ": \"";
    for (const Level& level : levels_) text += '/' + level.name;
    text += "\" is no directory";
  }
  return system_error(errno_value, std::move(text));
}

Result<UniqueFd> Walker::open_or_make(const std::string& name, bool last) {
  const bool make_file = last && options_.missing == Missing::MakeFile;
  for (int race = 0; race < kMostRaces; ++race) {
    const int fd = ::openat(top(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC);
    if (fd >= 0) return UniqueFd(fd);
    if (errno != ENOENT || options_.missing == Missing::Fail) return failed(errno);
    if (make_file) {
      const int made = ::openat(top(), name.c_str(),
                                O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC | O_RDONLY | O_NONBLOCK,
                                options_.file_mode);
      if (made >= 0) return UniqueFd(made);
    } else if (::mkdirat(top(), name.c_str(), options_.directory_mode) == 0) {
      continue;
    }
    // Somebody else was faster: look at what is there now.
    if (errno != EEXIST) return failed(errno);
  }
  return failed(EAGAIN);
}

Result<> Walker::enter_link(int link_fd) {
  if (++links_ > kMostLinks) return failed(ELOOP);
  std::array<char, PATH_MAX> target{};
  const ssize_t size = ::readlinkat(link_fd, "", target.data(), target.size());
  if (size < 0) return failed(errno);
  if (size == 0) return failed(ENOENT);
  if (target[0] == '/') levels_.clear();
  add({target.data(), static_cast<size_t>(size)});
  return {};
}

Result<> Walker::enter(std::string name) {
  const bool last = pending_.empty();
  UniqueFd fd = TRY(open_or_make(name, last));
  struct stat status {};
  if (::fstat(fd.get(), &status) != 0) return failed(errno);
  if (S_ISLNK(status.st_mode) && (!last || options_.follow_last)) return enter_link(fd.get());
  levels_.push_back({.name = std::move(name), .fd = std::move(fd)});
  const bool needs_directory = !last || options_.missing == Missing::MakeDirectories;
  if (needs_directory && !S_ISDIR(status.st_mode)) return failed(ENOTDIR);
  return {};
}

Result<Walked> Walker::finish_at_parent(std::string name) {
  const int parent =
      levels_.empty() ? ::fcntl(root_fd_, F_DUPFD_CLOEXEC, 0) : levels_.back().fd.release();
  if (parent < 0) return failed(errno);
  return Walked{.parent = UniqueFd(parent), .name = std::move(name), .fd = {}};
}

Result<Walked> Walker::finish() {
  Walked walked;
  if (levels_.empty()) {
    walked.fd.reset(::fcntl(root_fd_, F_DUPFD_CLOEXEC, 0));
    if (!walked.fd) return failed(errno);
    return walked;
  }
  walked.name = std::move(levels_.back().name);
  walked.fd = std::move(levels_.back().fd);
  levels_.pop_back();
  walked.parent.reset(levels_.empty() ? ::fcntl(root_fd_, F_DUPFD_CLOEXEC, 0)
                                      : levels_.back().fd.release());
  return walked;
}

Result<Walked> Walker::run() {
  while (!pending_.empty()) {
    std::string name = std::move(pending_.back());
    pending_.pop_back();
    if (name == "..") {
      if (!levels_.empty()) levels_.pop_back();  // the root's parent is the root
      continue;
    }
    if (pending_.empty() && options_.missing == Missing::MakeParent) {
      return finish_at_parent(std::move(name));
    }
    TRY(enter(std::move(name)));
  }
  if (options_.missing == Missing::MakeParent) return failed(EEXIST);  // "/" or "a/.."
  return finish();
}

}  // namespace

Result<Walked> walk(int root_fd, std::string_view path, const WalkOptions& options) {
  return Walker(root_fd, path, options).run();
}

}  // namespace ocirt::sys
