// The process that `exec` is to run, from its command line.
#include "runtime/commands/exec_process.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "spec/parse.h"
#include "spec/validate.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestProcess = 16 << 20;

// Digits only and within 32 bits, as a whole: a sloppy parse made uid 0 of it elsewhere
// (CVE-2026-30892).
Result<uint32_t> parse_id(std::string_view option, std::string_view text) {
  constexpr uint32_t kNobody = 0xffffffff;  // -1 means "leave as it is" to the kernel
  uint32_t id = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), id);
  if (error == std::errc() && end == text.data() + text.size() && id != kNobody) return id;
  return make_error(ErrorKind::InvalidConfig,
                    fmt::format("--{} takes numeric ids, not \"{}\"", option, text));
}

Result<> set_user(const ParsedLine& line, spec::Process& process) {
  if (!line.has("user")) return {};
  const std::string text = line.value("user");
  const size_t colon = text.find(':');
  process.user.uid = TRY(parse_id("user", std::string_view(text).substr(0, colon)));
  if (colon != std::string::npos) {
    process.user.gid = TRY(parse_id("user", std::string_view(text).substr(colon + 1)));
  }
  return {};
}

// One more in every set that it takes to use it, but never inheritable: that would outlive a change
// of user (CVE-2022-29162).
void add_capability(const std::string& name, spec::Process& process) {
  if (!process.capabilities) process.capabilities.emplace();
  const std::string full = name.starts_with("CAP_") ? name : "CAP_" + name;
  spec::Capabilities& sets = *process.capabilities;
  for (std::vector<std::string>* set : {&sets.bounding, &sets.effective, &sets.permitted}) {
    if (std::find(set->begin(), set->end(), full) == set->end()) set->push_back(full);
  }
}

Result<spec::Process> read_process(const std::string& path) {
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kLargestProcess));
  spec::Process process = TRY(spec::parse_process(text));
  if (const std::vector<spec::Finding> findings = spec::find_problems(process); !findings.empty()) {
    return spec::findings_error(findings);
  }
  return process;
}

}  // namespace

Result<spec::Process> exec_process(const ParsedLine& line, const spec::Config& config) {
  if (line.has("process")) {
    spec::Process process = TRY(read_process(line.value("process")));
    if (line.flag("tty")) process.terminal = true;
    return process;
  }
  if (line.words.size() < 2) {
    return make_error(ErrorKind::InvalidConfig, "exec: a command, or --process FILE, is missing");
  }
  if (!config.process) {
    return make_error(ErrorKind::InvalidConfig, "exec: the container has no process to start from")
        .with_hint("use --process FILE");
  }
  spec::Process process = *config.process;
  process.args.assign(line.words.begin() + 1, line.words.end());
  process.terminal = line.flag("tty");
  if (!process.terminal) process.console_size.reset();
  if (line.has("cwd")) process.cwd = line.value("cwd");
  for (const std::string& entry : line.values("env")) process.env.push_back(entry);
  TRY(set_user(line, process));
  for (const std::string& gid : line.values("additional-gids")) {
    process.user.additional_gids.push_back(TRY(parse_id("additional-gids", gid)));
  }
  for (const std::string& name : line.values("cap")) add_capability(name, process);
  if (line.flag("no-new-privs")) process.no_new_privileges = true;
  if (line.has("process-label")) process.selinux_label = line.value("process-label");
  if (line.has("apparmor")) process.apparmor_profile = line.value("apparmor");
  if (const std::vector<spec::Finding> findings = spec::find_problems(process); !findings.empty()) {
    return spec::findings_error(findings);
  }
  return process;
}

}  // namespace ocirt::commands
