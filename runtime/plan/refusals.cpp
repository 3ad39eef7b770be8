// What a config may ask for and this build can't do yet: refused, never ignored in silence. Pure.
#include <array>
#include <string>
#include <string_view>

#include "runtime/plan/sections.h"
#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

Error unsupported(std::string_view pointer, std::string_view problem,
                  std::string_view section = {}) {
  return config_error(ErrorKind::Unsupported, pointer, problem, section);
}

/// Annotations of crun that would change what is run. Those that only help along, and those of
/// other programs, do nothing here and are passed on with the state.
constexpr std::array<std::string_view, 4> kRefusedAnnotations = {
    "run.oci.handler",
    "run.oci.seccomp.plugins",
    "run.oci.seccomp_bpf_data",
    "run.oci.seccomp_fail_unknown_syscall",
};

Result<> refuse_annotations(const spec::Config& config) {
  for (const std::string_view name : kRefusedAnnotations) {
    if (!config.annotations.contains(std::string(name))) continue;
    return unsupported("/annotations/" + std::string(name), "is not supported yet");
  }
  // Where runc keeps the bundle's path: who believes it of runc must not be deceived by it here.
  if (config.annotations.contains("bundle")) {
    return config_error(ErrorKind::InvalidConfig, "/annotations/bundle",
                        "belongs to the runtime: the state's \"bundle\" tells where the bundle is");
  }
  // `start` and `delete`, which run hooks too, may be called from another directory.
  for (const char* name : {"run.oci.hooks.stdout", "run.oci.hooks.stderr"}) {
    const std::string* path = find_annotation(config, name);
    if (path == nullptr || path->empty() || path->front() == '/') continue;
    return config_error(ErrorKind::InvalidConfig, std::string("/annotations/") + name,
                        "must be an absolute path, is " + quoted(*path));
  }
  const std::string* kind = find_annotation(config, "run.oci.mount_context_type");
  if (kind != nullptr && *kind != "context" && *kind != "fscontext" && *kind != "defcontext" &&
      *kind != "rootcontext") {
    return config_error(ErrorKind::InvalidConfig, "/annotations/run.oci.mount_context_type",
                        quoted(*kind) + " is none of context, fscontext, defcontext, rootcontext");
  }
  return {};
}

Result<> refuse_linux(const spec::Linux& config, const HostFacts& host) {
  if (!config.mount_label.value_or("").empty() && !host.selinux) {
    return unsupported("/linux/mountLabel", "SELinux is not enabled on this host",
                       "config-linux.md#mount-label");
  }
  return {};
}

}  // namespace

Result<> refuse_unsupported(const spec::Config& config, const HostFacts& host) {
  if (config.linux_) TRY(refuse_linux(*config.linux_, host));
  return refuse_annotations(config);
}

}  // namespace ocirt::plan
