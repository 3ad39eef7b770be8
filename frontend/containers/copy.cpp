// Copies files between containers and the host, by podman's rules for what goes where.
#include "frontend/containers/copy.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>

#include "base/words.h"
#include "frontend/containers/tree_copy.h"
#include "frontend/unpack/store_ids.h"
#include "frontend/unpack/tree_tar.h"
#include "sys/file.h"
#include "sys/root_dir_walk.h"

namespace ocirt::containers {

namespace {

constexpr size_t kMostBytes = 64 << 10;

enum class Kind { Missing, File, Directory };

bool means_content(const std::string& path) {
  return path.ends_with("/.") || path == ".";
}

// "/a/b//" is "/a/b".
std::string without_slashes(std::string path) {
  while (path.size() > 1 && (path.ends_with('/') || path.ends_with("/."))) path.pop_back();
  return path;
}

std::string last_name(const std::string& path) {
  const std::string clean = without_slashes(path);
  return clean.substr(clean.rfind('/') + 1);
}

std::string parent_of(const std::string& path) {
  const std::string clean = without_slashes(path);
  const size_t slash = clean.rfind('/');
  return slash == 0 || slash == std::string::npos ? "/" : clean.substr(0, slash);
}

Result<sys::Walked> find(int root, const std::string& path) {
  return sys::walk(root, path, {.missing = sys::Missing::Fail});
}

// What is at the place; links are followed, inside of the tree.
Result<Kind> look(const Place& place) {
  const UniqueFd answer = TRY(sys::memory_file("kind", ""));
  TRY(run_in_tree(place.tree, [&](int root) -> Result<> {
    const Result<sys::Walked> found = find(root, without_slashes(place.path));
    if (!found && found.error().kind == ErrorKind::NotFound) return {};
    if (!found) return found.error();
    struct stat info {};
    if (::fstat(found->fd.get(), &info) < 0) return last_error(place.name);
    return sys::write_all(answer.get(), S_ISDIR(info.st_mode) ? "d" : "f");
  }));
  if (::lseek(answer.get(), 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  const std::string text = TRY(sys::read_all(answer.get(), kMostBytes));
  return text.empty() ? Kind::Missing : text == "d" ? Kind::Directory : Kind::File;
}

Error not_there(const Place& place) {
  return make_error(ErrorKind::NotFound, fmt::format("\"{}\" could not be found", place.name));
}

// Runs in: the job of the source.
Result<> write_source(int root, const Place& from, const std::string& as, int output) {
  const sys::Walked found = TRY(find(root, without_slashes(from.path)));
  struct stat info {};
  if (::fstat(found.fd.get(), &info) < 0) return last_error(from.name);
  if (!S_ISDIR(info.st_mode)) {
    return unpack::write_tree_tar(found.parent.get(), found.name.c_str(), output,
                                  {.as = as, .owners_are_aside = unpack::has_single_id()});
  }
  const UniqueFd directory = TRY(sys::open_at(found.fd.get(), ".", O_RDONLY | O_DIRECTORY));
  return unpack::write_tree_tar(directory.get(), ".", output,
                                {.as = as, .owners_are_aside = unpack::has_single_id()});
}

// Into which directory the archive goes, and what its topmost entry is called there: "" for what is
// in it alone.
struct Target {
  std::string directory;
  std::string as;
};

// A directory isn't silently exchanged for a file, with all that is in it.
Result<> check_same_kind(Kind source, const Place& there, const CopyOptions& options) {
  const Kind kind = options.overwrite ? Kind::Missing : TRY(look(there));
  if (kind == Kind::Missing || kind == source) return {};
  const bool is_directory = kind == Kind::Directory;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("cannot overwrite {} \"{}\" with a {}",
                                is_directory ? "directory" : "non-directory", there.name,
                                is_directory ? "non-directory" : "directory"))
      .with_hint("--overwrite does it");
}

Result<Target> decide(const Place& from, const Place& to, const CopyOptions& options) {
  const Kind source = TRY(look(from));
  if (source == Kind::Missing) return not_there(from);
  const Kind target = TRY(look(to));
  if (source == Kind::File && means_content(from.path)) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("\"{}\" is not a directory", from.name));
  }
  if (target == Kind::Directory) {
    if (source == Kind::Directory && means_content(from.path)) return Target{to.path, ""};
    const std::string name = last_name(from.path);
    if (name.empty()) return Target{to.path, ""};
    TRY(check_same_kind(source,
                        {.tree = to.tree,
                         .path = without_slashes(to.path) + '/' + name,
                         .name = without_slashes(to.name) + '/' + name},
                        options));
    return Target{to.path, name};
  }
  if (target == Kind::File && source == Kind::Directory && !options.overwrite) {
    return make_error(
        ErrorKind::InvalidConfig,
        fmt::format("destination \"{}\" must be a directory when copying a directory", to.name));
  }
  if (target == Kind::Missing && source == Kind::File && to.path.ends_with('/')) {
    return not_there(to);
  }
  if (TRY(look({.tree = to.tree, .path = parent_of(to.path), .name = parent_of(to.name)})) !=
      Kind::Directory) {
    return not_there(to);
  }
  return Target{parent_of(to.path), last_name(to.path)};
}

// Runs in: the job of the target.
Result<> read_into(int root, const std::string& path, int input, const CopyOptions& options,
                   bool keeps_top) {
  const sys::Walked found = TRY(find(root, without_slashes(path)));
  const UniqueFd directory = TRY(sys::open_at(found.fd.get(), ".", O_RDONLY | O_DIRECTORY));
  return extract_tar(input, directory.get(), [&](unpack::TarEntry& entry) {
    if (options.uid >= 0) entry.uid = static_cast<uint64_t>(options.uid);
    if (options.gid >= 0) entry.gid = static_cast<uint64_t>(options.gid);
    // The directory itself stays as it is.
    return keeps_top || (entry.name != "./" && entry.name != ".");
  });
}

}  // namespace

Result<> copy(const Place& from, const Place& to, const CopyOptions& options) {
  const Target target = TRY(decide(from, to, options));
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return last_error("make a pipe");
  UniqueFd out(ends[0]);
  UniqueFd in(ends[1]);
  const int read = out.get();
  const int written = in.get();
  TreeJob reading = TRY(start_in_tree(
      from.tree, [&](int root) { return write_source(root, from, target.as, written); }, {read}));
  in.reset();
  TreeJob writing = TRY(start_in_tree(
      to.tree, [&](int root) { return read_into(root, target.directory, read, options, false); }));
  out.reset();
  Result<> was_read = std::move(reading).finish();
  const Result<> was_written = std::move(writing).finish();
  // Where the writer fails, the reader only knows that nobody reads any more.
  if (!was_written && (was_read || was_read.error().errno_value == EPIPE)) {
    return was_written.error();
  }
  return was_read;
}

Result<> copy_to_archive(const Place& from, int output) {
  if (TRY(look(from)) == Kind::Missing) return not_there(from);
  const std::string name = last_name(from.path);
  const std::string as = means_content(from.path) ? "" : name;
  return run_in_tree(from.tree, [&](int root) { return write_source(root, from, as, output); });
}

Result<> copy_from_archive(int input, const Place& to, const CopyOptions& options) {
  if (TRY(look(to)) != Kind::Directory) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("destination \"{}\" must be a directory", to.name));
  }
  return run_in_tree(to.tree,
                     [&](int root) { return read_into(root, to.path, input, options, false); });
}

}  // namespace ocirt::containers
