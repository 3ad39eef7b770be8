// Which ids the files of a store may have.
#include "frontend/unpack/store_ids.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <pwd.h>
#include <unistd.h>

#include <charconv>
#include <optional>
#include <string_view>

#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::unpack {

namespace {

constexpr size_t kMostText = 1 << 20;

std::optional<uint32_t> number(std::string_view text) {
  uint32_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc() || end != text.data() + text.size()) return std::nullopt;
  return value;
}

// The next word up to `separator`, taken off `text`.
std::string_view next_word(std::string_view& text, char separator) {
  while (separator == ' ' && text.starts_with(' ')) text.remove_prefix(1);
  const size_t end = text.find(separator);
  const std::string_view word = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return word;
}

// Each id maps to itself, as far as there are ids here: in a container there may be fewer.
Result<std::vector<IdRange>> identity(const char* map) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, map, kMostText));
  std::vector<IdRange> ranges;
  std::string_view rest = text;
  while (!rest.empty()) {
    std::string_view line = next_word(rest, '\n');
    const std::optional<uint32_t> inside = number(next_word(line, ' '));
    (void)next_word(line, ' ');
    const std::optional<uint32_t> count = number(next_word(line, ' '));
    if (inside && count) ranges.push_back({.inside = *inside, .outside = *inside, .count = *count});
  }
  return ranges;
}

// The lines "name:start:count" of the user, by name or by id.
std::vector<IdRange> granted(const char* file, const std::string& name, uid_t uid) {
  const Result<std::string> text = sys::read_file(AT_FDCWD, file, kMostText);
  std::vector<IdRange> ranges;
  if (!text) return ranges;
  std::string_view rest = *text;
  uint32_t inside = 1;
  while (!rest.empty()) {
    std::string_view line = next_word(rest, '\n');
    const std::string_view who = next_word(line, ':');
    if (who != name && number(who) != uid) continue;
    const std::optional<uint32_t> start = number(next_word(line, ':'));
    const std::optional<uint32_t> count = number(line);
    if (!start || !count || *count == 0) continue;
    ranges.push_back({.inside = inside, .outside = *start, .count = *count});
    inside += *count;
  }
  return ranges;
}

std::string find_helper(const char* name) {
  for (const char* directory : {"/usr/bin/", "/bin/", "/usr/local/bin/"}) {
    std::string path = std::string(directory) + name;
    if (sys::can_execute(path.c_str())) return path;
  }
  return {};
}

Result<> run_helper(const char* name, pid_t pid, const std::vector<IdRange>& ranges) {
  sys::Program program;
  program.path = find_helper(name);
  program.args = {name, fmt::format("{}", pid)};
  for (const IdRange& range : ranges) {
    for (const uint32_t value : {range.inside, range.outside, range.count}) {
      program.args.push_back(fmt::format("{}", value));
    }
  }
  const sys::ProgramOutcome outcome = TRY(sys::run_program(std::move(program), "", -1));
  if (outcome.status == sys::ExitStatus{}) return {};
  return make_error(ErrorKind::Denied,
                    fmt::format("{} refused the id map: {}", name, outcome.output))
      .with_hint("the ids must be granted in /etc/subuid and /etc/subgid");
}

Result<> write_map(pid_t pid, const char* file, const std::vector<IdRange>& ranges) {
  std::string text;
  for (const IdRange& range : ranges) {
    text += fmt::format("{} {} {}\n", range.inside, range.outside, range.count);
  }
  return sys::write_existing(AT_FDCWD, fmt::format("/proc/{}/{}", pid, file).c_str(), text);
}

}  // namespace

bool has_single_id() {
  const Result<std::vector<IdRange>> ranges = identity("/proc/self/uid_map");
  return ranges && ranges->size() == 1 && ranges->front().count == 1;
}

Result<StoreIds> find_store_ids() {
  StoreIds ids;
  const uid_t uid = ::geteuid();
  if (uid == 0) {
    ids.uids = TRY(identity("/proc/self/uid_map"));
    ids.gids = TRY(identity("/proc/self/gid_map"));
    return ids;
  }
  const passwd* user = ::getpwuid(uid);
  const std::string name = user == nullptr ? "" : user->pw_name;
  ids.uids = granted("/etc/subuid", name, uid);
  ids.gids = granted("/etc/subgid", name, uid);
  ids.kind = StoreIds::Kind::Ranges;
  if (ids.uids.empty() || ids.gids.empty()) {
    ids.why_single = fmt::format("no entry for uid {} '{}' in {}", uid, name,
                                 ids.uids.empty() ? "/etc/subuid" : "/etc/subgid");
  } else if (find_helper("newuidmap").empty() || find_helper("newgidmap").empty()) {
    ids.why_single = "newuidmap and newgidmap are not installed";
  }
  if (!ids.why_single.empty()) {
    ids.kind = StoreIds::Kind::Single;
    ids.uids.clear();
    ids.gids.clear();
  }
  ids.uids.insert(ids.uids.begin(), {.inside = 0, .outside = uid, .count = 1});
  ids.gids.insert(ids.gids.begin(), {.inside = 0, .outside = ::getegid(), .count = 1});
  return ids;
}

StoreIds ids_of_shared_store() {
  StoreIds ids;
  ids.kind = StoreIds::Kind::Single;
  ids.shared = true;
  ids.uids = {{.inside = 0, .outside = ::geteuid(), .count = 1}};
  ids.gids = {{.inside = 0, .outside = ::getegid(), .count = 1}};
  return ids;
}

Result<> write_id_maps(pid_t pid, const StoreIds& ids) {
  if (ids.kind == StoreIds::Kind::Ranges) {
    TRY(run_helper("newuidmap", pid, ids.uids));
    return run_helper("newgidmap", pid, ids.gids);
  }
  if (ids.kind == StoreIds::Kind::Single) {
    // Before the gid map: the kernel asks for it (user_namespaces(7), CVE-2014-8989).
    TRY(sys::write_existing(AT_FDCWD, fmt::format("/proc/{}/setgroups", pid).c_str(), "deny"));
  }
  TRY(write_map(pid, "gid_map", ids.gids));
  return write_map(pid, "uid_map", ids.uids);
}

}  // namespace ocirt::unpack
