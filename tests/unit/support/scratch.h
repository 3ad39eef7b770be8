// What tests of mounts and paths need: a directory of their own, and a child in new namespaces.
#pragma once

#include <fcntl.h>
#include <ftw.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <functional>
#include <sstream>
#include <string>

namespace ocirt::test {

/// A new directory, removed with all below it at the end. Tests mount below it only in a mount
/// namespace of a child, so nothing is mounted there when it goes.
class ScratchDir {
 public:
  ScratchDir() {
    std::string pattern = ::testing::TempDir() + "ocirt-XXXXXX";
    path_ = ::mkdtemp(pattern.data());
  }
  ScratchDir(const ScratchDir&) = delete;
  ScratchDir& operator=(const ScratchDir&) = delete;
  ~ScratchDir() {
    const auto remove_one = [](const char* name, const struct stat*, int, FTW*) {
      return ::remove(name);
    };
    (void)::nftw(path_.c_str(), remove_one, 16, FTW_DEPTH | FTW_PHYS | FTW_MOUNT);
  }

  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string operator/(const std::string& name) const { return path_ + '/' + name; }

  std::string directory(const std::string& name, mode_t mode = 0755) const {
    std::string path = path_;
    std::istringstream parts(name);
    for (std::string part; std::getline(parts, part, '/');) {
      path += '/' + part;
      (void)::mkdir(path.c_str(), mode);
    }
    return path;
  }
  std::string file(const std::string& name, const std::string& content = "") const {
    std::string path = *this / name;
    std::ofstream(path) << content;
    return path;
  }
  std::string link(const std::string& name, const std::string& target) const {
    std::string path = *this / name;
    EXPECT_EQ(::symlink(target.c_str(), path.c_str()), 0) << path;
    return path;
  }

 private:
  std::string path_;
};

inline std::string read_text(const std::string& path) {
  std::ifstream file(path);
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

inline bool exists(const std::string& path) {
  struct stat status {};
  return ::lstat(path.c_str(), &status) == 0;
}

/// "directory", "file", "link", "char 1:3", ..., or "nothing".
inline std::string kind_of(const std::string& path) {
  struct stat status {};
  if (::lstat(path.c_str(), &status) != 0) return "nothing";
  if (S_ISDIR(status.st_mode)) return "directory";
  if (S_ISREG(status.st_mode)) return "file";
  if (S_ISLNK(status.st_mode)) return "link";
  if (S_ISFIFO(status.st_mode)) return "fifo";
  return (S_ISCHR(status.st_mode) ? "char " : "block ") + std::to_string(major(status.st_rdev)) +
         ':' + std::to_string(minor(status.st_rdev));
}

/// Maps only our own ids, as "0" (user_namespaces(7)).
inline void map_own_ids(unsigned uid, unsigned gid) {
  std::ofstream("/proc/self/uid_map") << "0 " << uid << " 1\n";
  std::ofstream("/proc/self/setgroups") << "deny\n";
  std::ofstream("/proc/self/gid_map") << "0 " << gid << " 1\n";
}

/// Runs `body` in a child in new namespaces (CLONE_NEW*), as the first process of a new pid
/// namespace, with every mount private. `body` returns what went wrong, or "". So does this.
inline std::string in_child(int namespaces, const std::function<std::string()>& body) {
  int pipe_fds[2];
  if (::pipe2(pipe_fds, O_CLOEXEC) != 0) return "pipe2";
  const pid_t child = ::fork();
  if (child == 0) {
    const unsigned uid = ::geteuid();
    const unsigned gid = ::getegid();
    std::string report;
    if (::unshare(namespaces) != 0) {
      report = std::string("skip: unshare: ") + std::strerror(errno);
    } else {
      if ((namespaces & CLONE_NEWUSER) != 0) map_own_ids(uid, gid);
      const pid_t init = (namespaces & CLONE_NEWPID) != 0 ? ::fork() : 0;
      if (init != 0) {
        int status = 0;
        (void)::waitpid(init, &status, 0);
        ::_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 1);
      }
      if ((namespaces & CLONE_NEWNS) != 0) {
        (void)::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr);
      }
      report = body();
    }
    (void)!::write(pipe_fds[1], report.data(), report.size());
    ::_exit(0);
  }
  ::close(pipe_fds[1]);
  std::string report;
  char buffer[512];
  for (ssize_t size; (size = ::read(pipe_fds[0], buffer, sizeof buffer)) > 0;) {
    report.append(buffer, static_cast<size_t>(size));
  }
  ::close(pipe_fds[0]);
  int status = 0;
  (void)::waitpid(child, &status, 0);
  if (report.empty() && (!WIFEXITED(status) || WEXITSTATUS(status) != 0)) {
    return "the child ended with wait status " + std::to_string(status);
  }
  return report;
}

}  // namespace ocirt::test

/// Runs `body` as in_child() does; its report fails the test, or skips it where the host forbids
/// the namespaces.
#define OCIRT_IN_CHILD(namespaces, ...)                                           \
  do {                                                                            \
    const std::string report_ = ::ocirt::test::in_child(namespaces, __VA_ARGS__); \
    if (report_.starts_with("skip: ")) GTEST_SKIP() << report_;                   \
    EXPECT_EQ(report_, "");                                                       \
  } while (0)

/// In a `body`: ends it with a report that names the line, unless `condition` holds.
#define OCIRT_CHECK(condition, ...)                                        \
  do {                                                                     \
    if (!(condition)) {                                                    \
      return std::string("line ") + std::to_string(__LINE__) +             \
             ": " #condition __VA_OPT__(+": " + std::string(__VA_ARGS__)); \
    }                                                                      \
  } while (0)
