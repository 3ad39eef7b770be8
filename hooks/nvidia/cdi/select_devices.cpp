// Finds devices by their names in the specifications of CDI.
#include <fmt/core.h>

#include <algorithm>
#include <utility>

#include "hooks/nvidia/cdi/registry.h"

namespace ocirt::nvidia {

namespace {

constexpr std::string_view kGpuKind = "nvidia.com/gpu";

struct Found {
  const CdiFile* file = nullptr;
  const CdiDevice* device = nullptr;
};

class Selector {
 public:
  Selector(const HostView& host, const CdiRegistry& registry, CdiSelection& selection)
      : host_(host), registry_(registry), selection_(selection) {}

  Result<> add(const std::string& text) {
    const std::optional<CdiName> name = parse_cdi_name(text);
    if (!name) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("\"{}\" is no device of CDI, as vendor.com/class=name", text));
    }
    const Found found = find(*name);
    if (found.file == nullptr) return look_elsewhere(*name, text);
    std::string stale = find_staleness(host_, found.file->spec.edits);
    if (stale.empty()) stale = find_staleness(host_, found.device->edits);
    if (!stale.empty()) return replace(*name, *found.file, stale);
    if (!is_added(*found.file)) add_file(*found.file);
    selection_.edits.push_back(&found.device->edits);
    return {};
  }

 private:
  // Later directories come first in the registry. In one directory nobody wins.
  Found find(const CdiName& name) {
    Found found;
    for (const CdiFile& file : registry_.files) {
      if (file.spec.kind != name.kind) continue;
      for (const CdiDevice& device : file.spec.devices) {
        if (device.name != name.device) continue;
        if (found.file == nullptr) {
          found = {.file = &file, .device = &device};
        } else if (found.file->directory == file.directory) {
          selection_.warnings.push_back(fmt::format("{} and {} both have {}={}: the first is taken",
                                                    found.file->path, file.path, name.kind,
                                                    name.device));
        }
      }
    }
    return found;
  }

  Result<> look_elsewhere(const CdiName& name, const std::string& text) {
    if (name.kind == kGpuKind) {
      selection_.gpus.push_back(name.device);
      return {};
    }
    std::string others;
    for (const CdiFile& file : registry_.files) {
      for (const CdiDevice& device : file.spec.devices) {
        others += fmt::format(" {}={}", file.spec.kind, device.name);
      }
    }
    Error error =
        make_error(ErrorKind::NotFound, fmt::format("no specification of CDI has {}", text));
    if (!registry_.warnings.empty()) return std::move(error).with_hint(registry_.warnings.front());
    return std::move(error).with_hint(others.empty() ? "there is none in /etc/cdi and /var/run/cdi"
                                                     : "there are:" + others);
  }

  Result<> replace(const CdiName& name, const CdiFile& file, const std::string& stale) {
    if (name.kind != kGpuKind) {
      return make_error(ErrorKind::BadState, fmt::format("{} is out of date: {}", file.path, stale))
          .with_hint("have it generated anew by the tool of its vendor");
    }
    selection_.warnings.push_back(
        fmt::format("{} is out of date ({}): the GPU is looked for anew", file.path, stale));
    selection_.gpus.push_back(name.device);
    return {};
  }

  [[nodiscard]] bool is_added(const CdiFile& file) const {
    return std::find(selection_.edits.begin(), selection_.edits.end(), &file.spec.edits) !=
           selection_.edits.end();
  }

  void add_file(const CdiFile& file) {
    selection_.edits.push_back(&file.spec.edits);
    for (const std::string& warning : file.spec.warnings) {
      selection_.warnings.push_back(fmt::format("{}: {}, and left out", file.path, warning));
    }
  }

  const HostView& host_;
  const CdiRegistry& registry_;
  CdiSelection& selection_;
};

}  // namespace

Result<CdiSelection> select_devices(const HostView& host, const CdiRegistry& registry,
                                    std::span<const std::string> names) {
  CdiSelection selection;
  Selector selector(host, registry, selection);
  for (const std::string& name : names) TRY(selector.add(name));
  return selection;
}

}  // namespace ocirt::nvidia
