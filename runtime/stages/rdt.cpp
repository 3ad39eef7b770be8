// Puts the container into a class of service of the resctrl file system (the kernel's resctrl.rst).
// Runs in: creator, and the `exec` and `delete` processes.
#include "runtime/stages/rdt.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <string_view>

#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr size_t kFileLimit = 1 << 20;
constexpr const char* kMonitors = "/mon_groups/";

std::string path_of(const plan::RdtPlan& plan) {
  return plan.group.empty() ? plan.mount_point.text : plan.mount_point.text + "/" + plan.group;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '0')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\n')) text.remove_suffix(1);
  return text;
}

std::string_view take_until(std::string_view& rest, char separator) {
  const size_t end = std::min(rest.find(separator), rest.size());
  const std::string_view part = rest.substr(0, end);
  rest.remove_prefix(std::min(end + 1, rest.size()));
  return part;
}

bool same_value(std::string_view left, std::string_view right) {
  left = trimmed(left);
  right = trimmed(right);
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

// Whether the domains of a line, "0=f;1=ff", have `domain` with `value`.
bool has_domain(std::string_view domains, std::string_view domain, std::string_view value) {
  while (!domains.empty()) {
    std::string_view entry = take_until(domains, ';');
    if (same_value(take_until(entry, '='), domain) && same_value(entry, value)) return true;
  }
  return false;
}

// The kernel explains itself in a file.
Error explained(Error error, const std::string& root) {
  const Result<std::string> status =
      sys::read_file(AT_FDCWD, (root + "/info/last_cmd_status").c_str(), kFileLimit);
  if (!status || status->empty() || *status == "ok\n") return error;
  error.text += fmt::format(" ({})", trimmed(*status));
  return error;
}

// True where it was made, false where it was there.
Result<bool> make_group(const plan::RdtPlan& plan) {
  const UniqueFd root =
      TRY(sys::open_at(AT_FDCWD, plan.mount_point.text.c_str(), O_PATH | O_DIRECTORY));
  if (plan.group.empty()) return false;
  if (plan.make && ::mkdirat(root.get(), plan.group.c_str(), 0755) == 0) return true;
  if (plan.make && errno == EEXIST && !plan.own) return false;
  if (plan.make) {
    return explained(last_error(fmt::format("make the class of service \"{}\"", plan.group)),
                     plan.mount_point.text);
  }
  if (::faccessat(root.get(), plan.group.c_str(), F_OK, 0) == 0) return false;
  return last_error(fmt::format("the class of service \"{}\" of linux.intelRdt.closID", plan.group))
      .with_hint("without schemata a class has to be there: an administrator makes it by `mkdir " +
                 path_of(plan) + "`");
}

Result<> check_schemata(const plan::RdtPlan& plan, const std::string& file) {
  const std::string present = TRY(sys::read_file(AT_FDCWD, file.c_str(), kFileLimit));
  for (size_t i = 0; i < plan.compared; ++i) {
    if (has_schema(present, plan.schemata[i])) continue;
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("the class of service \"{}\" exists and has other schemata than "
                                  "\"{}\"",
                                  plan.group, plan.schemata[i]))
        .with_hint("see " + file + ", or choose another closID");
  }
  return {};
}

Result<> write_schemata(const std::string& file, std::span<const std::string> lines,
                        const std::string& root) {
  for (const std::string& line : lines) {
    Result<> written = sys::write_existing(AT_FDCWD, file.c_str(), line + "\n");
    if (written) continue;
    written.error().text = fmt::format("write \"{}\" to {}", line, file);
    return explained(std::move(written).error(), root);
  }
  return {};
}

Result<> fill_group(const plan::RdtPlan& plan, bool is_new) {
  const std::string schemata = path_of(plan) + "/schemata";
  if (!is_new && plan.compared > 0) TRY(check_schemata(plan, schemata));
  TRY(write_schemata(schemata, plan.schemata, plan.mount_point.text));
  if (plan.monitor.empty()) return {};
  const UniqueFd monitors =
      TRY(sys::open_at(AT_FDCWD, (path_of(plan) + kMonitors).c_str(), O_PATH | O_DIRECTORY));
  if (::mkdirat(monitors.get(), plan.monitor.c_str(), 0755) == 0) return {};
  return explained(last_error(fmt::format("make the monitoring group \"{}\"", plan.monitor)),
                   plan.mount_point.text);
}

Result<> remove_group(const std::string& path) {
  const size_t slash = path.rfind('/');
  Result<UniqueFd> parent =
      sys::open_at(AT_FDCWD, path.substr(0, slash).c_str(), O_PATH | O_DIRECTORY);
  if (!parent) return {};  // no longer mounted
  if (::unlinkat(parent->get(), path.substr(slash + 1).c_str(), AT_REMOVEDIR) == 0) return {};
  if (errno == ENOENT) return {};
  return last_error("remove " + path);
}

}  // namespace

bool has_schema(std::string_view schemata, std::string_view line) {
  const std::string_view resource = trimmed(take_until(line, ':'));
  while (!schemata.empty()) {
    std::string_view present = take_until(schemata, '\n');
    if (!same_value(take_until(present, ':'), resource)) continue;
    while (!line.empty()) {
      std::string_view entry = take_until(line, ';');
      const std::string_view domain = take_until(entry, '=');
      if (!has_domain(present, domain, entry)) return false;
    }
    return true;
  }
  return false;
}

store::RdtGroups rdt_groups(const plan::RdtPlan& plan) {
  const std::string path = path_of(plan);
  return {.group = path,
          .own = plan.own,
          .monitor = plan.monitor.empty() ? "" : path + kMonitors + plan.monitor};
}

Result<> make_rdt(const plan::RdtPlan& plan) {
  const bool is_new = TRY(make_group(plan));
  Result<> filled = fill_group(plan, is_new);
  // The monitoring group comes last, so it is not there.
  if (!filled && is_new) (void)remove_group(path_of(plan));  // the error that led here is told
  return filled;
}

Result<> enter_rdt(const store::RdtGroups& groups, pid_t pid) {
  // A monitoring group takes only processes of the class that it is in.
  for (const std::string& group : {groups.group, groups.monitor}) {
    if (group.empty()) continue;
    Result<> entered =
        sys::write_existing(AT_FDCWD, (group + "/tasks").c_str(), fmt::format("{}", pid));
    if (entered) continue;
    entered.error().text = fmt::format("put process {} into {}", pid, group);
    return entered;
  }
  return {};
}

std::string rdt_root_of(const std::string& group) {
  if (sys::open_at(AT_FDCWD, (group + "/info").c_str(), O_PATH)) return group;
  return group.substr(0, group.rfind('/'));
}

Result<> update_rdt(const store::RdtGroups& groups, std::span<const std::string> lines) {
  if (lines.empty()) return {};
  if (groups.group.empty()) {
    return make_error(ErrorKind::Unsupported, "the container has no class of service to change")
        .with_hint("it gets one by linux.intelRdt in its config, when it is made");
  }
  return write_schemata(groups.group + "/schemata", lines, rdt_root_of(groups.group));
}

Result<> remove_rdt(const store::RdtGroups& groups) {
  if (!groups.monitor.empty()) TRY(remove_group(groups.monitor));
  if (groups.own) TRY(remove_group(groups.group));
  return {};
}

}  // namespace ocirt::stages
