// The host as discovery sees it: two roots, below which everything is looked up.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "sys/root_dir.h"

namespace ocirt::nvidia {

/// Where to look. A driver container has its user space below a root of its own; tests have all of
/// a host below a directory.
struct HostRoots {
  HostPath host = {"/"};    // holds proc, sys and dev
  HostPath driver = {"/"};  // holds the driver's libraries and programs
};

/// Both roots, opened. Links are followed within them.
struct HostView {
  sys::RootDir host;
  sys::RootDir driver;
  HostRoots roots;

  static Result<HostView> open(const HostRoots& roots);
};

/// A file's text, of at most 64 KiB; empty where it can't be read: nothing that we look for must
/// be there.
std::string read_text(const sys::RootDir& root, const std::string& path);

/// The names in a directory, sorted; none where it can't be read.
std::vector<std::string> names_in(const sys::RootDir& root, const std::string& path);

/// Of these, the ones that `keeps` says: a directory of libraries has thousands of others.
std::vector<std::string> names_in(const sys::RootDir& root, const std::string& path,
                                  const std::function<bool(std::string_view name)>& keeps);

/// The path of an open file without links, as this process sees it.
std::string real_path(int fd);

/// `root` and an absolute path below it, as one path of the host.
std::string below(const HostPath& root, std::string_view path);

}  // namespace ocirt::nvidia
