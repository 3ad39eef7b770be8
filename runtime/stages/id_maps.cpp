// Writes the id maps of init's user namespace. Runs in: creator.
#include "runtime/stages/id_maps.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <span>
#include <string>
#include <vector>

#include "runtime/stages/user_namespace_hint.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::stages {

namespace {

using Mappings = std::vector<spec::IdMapping>;

std::string print_map(const Mappings& mappings) {
  std::string lines;
  for (const spec::IdMapping& mapping : mappings) {
    lines += fmt::format("{} {} {}\n", mapping.container_id, mapping.host_id, mapping.size);
  }
  return lines;
}

Result<> write_map(pid_t pid, const char* file, const Mappings& mappings) {
  const std::string path = fmt::format("/proc/{}/{}", pid, file);
  Result<> written = sys::write_existing(AT_FDCWD, path.c_str(), print_map(mappings));
  if (!written && written.error().kind == ErrorKind::Denied) {
    written.error().hint = user_namespace_hint();
  }
  return written;
}

Result<std::string> find_helper(const char* name) {
  std::string path = sys::find_program(name);
  if (!path.empty()) return path;
  return make_error(ErrorKind::NotFound, fmt::format("{} is not installed", name))
      .with_hint("install it (Debian: apt-get install uidmap), or map only your own id");
}

Result<> run_helper(const char* name, pid_t pid, const Mappings& mappings) {
  sys::Program program;
  program.path = TRY(find_helper(name));
  program.args = {name, fmt::format("{}", pid)};
  for (const spec::IdMapping& mapping : mappings) {
    for (const uint32_t number : {mapping.container_id, mapping.host_id, mapping.size}) {
      program.args.push_back(fmt::format("{}", number));
    }
  }
  const std::string path = program.path;
  const sys::ProgramOutcome outcome = TRY(sys::run_program(std::move(program), "", -1));
  if (outcome.status == sys::ExitStatus{}) return {};
  std::string said = outcome.output;
  while (!said.empty() && said.back() == '\n') said.pop_back();
  return make_error(ErrorKind::Denied, fmt::format("{} refused the id map: {}", path, said))
      .with_hint(
          "it has to be setuid root, on a file system without nosuid, and the ids must be "
          "granted in /etc/subuid and /etc/subgid");
}

}  // namespace

Result<> write_id_maps(const plan::IdMapPlan& plan, pid_t pid) {
  if (plan.method == plan::IdMapMethod::Helpers) {
    TRY(run_helper("newuidmap", pid, plan.uids));
    return run_helper("newgidmap", pid, plan.gids);
  }
  if (plan.deny_setgroups) {
    // Before the gid map: the kernel asks for it (user_namespaces(7), CVE-2014-8989).
    TRY(sys::write_existing(AT_FDCWD, fmt::format("/proc/{}/setgroups", pid).c_str(), "deny"));
  }
  TRY(write_map(pid, "gid_map", plan.gids));
  return write_map(pid, "uid_map", plan.uids);
}

}  // namespace ocirt::stages
