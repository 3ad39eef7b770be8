// cdi generate, cdi list, cdi check: specifications of CDI on this host.
#include <fcntl.h>
#include <fmt/core.h>

#include "base/log.h"
#include "hooks/nvidia/cdi/generate.h"
#include "hooks/nvidia/cdi/registry.h"
#include "hooks/nvidia/commands/verbs.h"
#include "hooks/nvidia/host/discover.h"
#include "sys/file.h"

namespace ocirt::nvidia {

namespace {

Result<> write_file(const std::string& path, const std::string& text) {
  const size_t slash = path.rfind('/');
  const std::string directory = slash == std::string::npos ? "." : path.substr(0, slash + 1);
  const UniqueFd fd = TRY(sys::open_at(AT_FDCWD, directory.c_str(), O_PATH | O_DIRECTORY));
  const std::string name = slash == std::string::npos ? path : path.substr(slash + 1);
  return sys::replace_file(fd.get(), name.c_str(), text, 0644);
}

Result<int> generate(const Arguments& arguments, HostView& host) {
  TRY(find_driver_root(host, arguments, read_settings(host.host)));
  const Driver driver = TRY(discover(host));
  const std::string self = TRY(sys::read_link(AT_FDCWD, "/proc/self/exe"));
  const CdiForm form = arguments.hook_free ? CdiForm::HookFree : CdiForm::WithHook;
  const CdiSpec spec = make_cdi(driver, host.roots, form, self);
  if (spec.devices.empty()) {
    return make_error(ErrorKind::NotFound, "there is no GPU that we may use")
        .with_hint("`ocirt-nvidia-hook doctor` says why");
  }
  if (arguments.output.empty()) {
    TRY(print(format_cdi(spec)));
  } else {
    TRY(write_file(arguments.output, format_cdi(spec)));
  }
  return 0;
}

CdiRegistry read_registry(const Arguments& arguments, const HostView& host) {
  CdiRegistry registry =
      read_cdi(host, arguments.spec_directories.empty() ? default_cdi_directories()
                                                        : arguments.spec_directories);
  for (const CdiFile& file : registry.files) {
    for (const std::string& warning : file.spec.warnings) {
      registry.warnings.push_back(fmt::format("{}: {}", file.path, warning));
    }
  }
  for (const std::string& warning : registry.warnings) log_warning(warning);
  return registry;
}

Result<int> list(const CdiRegistry& registry) {
  std::string text;
  for (const CdiFile& file : registry.files) {
    for (const CdiDevice& device : file.spec.devices) {
      text += fmt::format("{}={}\n", file.spec.kind, device.name);
    }
  }
  TRY(print(text));
  return 0;
}

Result<int> check(const CdiRegistry& registry, const HostView& host) {
  std::string text;
  bool is_clean = registry.warnings.empty();
  for (const CdiFile& file : registry.files) {
    const std::string stale = find_staleness(host, file.spec);
    text += stale.empty() ? fmt::format("ok     {}\n", file.path)
                          : fmt::format("stale  {}: {}\n", file.path, stale);
    is_clean = is_clean && stale.empty();
  }
  TRY(print(text));
  return is_clean ? 0 : 1;
}

}  // namespace

Result<int> cdi(const Arguments& arguments) {
  const std::string verb = arguments.words.size() > 1 ? arguments.words[1] : "";
  HostView host = TRY(HostView::open(arguments.roots));
  if (verb == "generate") return generate(arguments, host);
  if (verb == "list") return list(read_registry(arguments, host));
  if (verb == "check") return check(read_registry(arguments, host), host);
  return make_error(ErrorKind::InvalidConfig, fmt::format("cdi: unknown word \"{}\"", verb))
      .with_hint("there are: cdi generate, cdi list, cdi check");
}

}  // namespace ocirt::nvidia
