// Decides which GPUs a container gets. Pure.
#include <fmt/core.h>

#include <algorithm>
#include <cerrno>
#include <optional>

#include "hooks/nvidia/plan/plan.h"
#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

bool equal_ignoring_case(std::string_view left, std::string_view right) {
  const auto lower = [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; };
  return std::equal(left.begin(), left.end(), right.begin(), right.end(),
                    [&](char a, char b) { return lower(a) == lower(b); });
}

std::vector<const MigDevice*> all_migs(const Gpu& gpu) {
  std::vector<const MigDevice*> migs;
  for (const MigDevice& mig : gpu.migs) migs.push_back(&mig);
  return migs;
}

// What there is, for the hint of an error: "0 (GPU-8a6b..., NVIDIA H100 80GB HBM3)".
std::string list_gpus(const Driver& driver) {
  std::string text = "there are:";
  for (const Gpu& gpu : driver.gpus) {
    text += fmt::format(" {} ({}, {})", gpu.index, gpu.uuid.empty() ? "no UUID yet" : gpu.uuid,
                        gpu.model);
  }
  return text;
}

const Gpu* find_gpu(const Driver& driver, std::string_view name) {
  const auto index = parse_decimal(name);
  for (const Gpu& gpu : driver.gpus) {
    const bool is_it = (index && gpu.index == *index) ||
                       (!gpu.uuid.empty() && equal_ignoring_case(gpu.uuid, name)) ||
                       equal_ignoring_case(gpu.pci_address, name) ||
                       // nvidia-smi writes the domain with eight digits
                       equal_ignoring_case("0000" + gpu.pci_address, name);
    if (is_it) return &gpu;
  }
  return nullptr;
}

Error unknown_device(const Driver& driver, std::string_view name) {
  return make_error(ErrorKind::NotFound, fmt::format("there is no GPU {}", name))
      .with_hint(list_gpus(driver) + (name.starts_with("MIG-")
                                          ? "; slices are named by their place, such as 0:1"
                                          : ""));
}

// "MIG-8a6b...", or as drivers before 470 named them, "MIG-GPU-8a6b.../3/0" by the instances' ids.
std::optional<ChosenGpu> find_slice(const Driver& driver, std::string_view name) {
  for (const Gpu& gpu : driver.gpus) {
    for (const MigDevice& mig : gpu.migs) {
      const std::string by_ids =
          fmt::format("MIG-{}/{}/{}", gpu.uuid, mig.gpu_instance, mig.compute_instance);
      const bool is_it = (!mig.uuid.empty() && equal_ignoring_case(mig.uuid, name)) ||
                         (!gpu.uuid.empty() && equal_ignoring_case(by_ids, name));
      if (is_it) return ChosenGpu{.gpu = &gpu, .migs = {&mig}};
    }
  }
  return std::nullopt;
}

// "0:1": the second slice of the first GPU.
Result<ChosenGpu> find_chosen(const Driver& driver, const std::string& name) {
  if (auto slice = find_slice(driver, name)) return *slice;
  const size_t colon = name.find(':');
  const bool is_slice = colon != std::string::npos && name.find('.') == std::string::npos;
  const Gpu* gpu = find_gpu(driver, is_slice ? name.substr(0, colon) : name);
  if (gpu == nullptr) return unknown_device(driver, name);
  if (!is_slice) return ChosenGpu{.gpu = gpu, .migs = all_migs(*gpu)};
  const auto number = parse_decimal(name.substr(colon + 1));
  if (!number || *number >= gpu->migs.size()) {
    return make_error(ErrorKind::NotFound, fmt::format("there is no slice {} of a GPU", name))
        .with_hint(fmt::format("GPU {} has {} of them (MIG)", gpu->index, gpu->migs.size()));
  }
  return ChosenGpu{.gpu = gpu, .migs = {&gpu->migs[*number]}};
}

void add_chosen(std::vector<ChosenGpu>& chosen, ChosenGpu more) {
  const auto same = std::find_if(chosen.begin(), chosen.end(),
                                 [&](const ChosenGpu& one) { return one.gpu == more.gpu; });
  if (same == chosen.end()) {
    chosen.push_back(std::move(more));
    return;
  }
  for (const MigDevice* mig : more.migs) {
    if (std::find(same->migs.begin(), same->migs.end(), mig) == same->migs.end()) {
      same->migs.push_back(mig);
    }
  }
}

Result<std::vector<ChosenGpu>> choose_usable(const Driver& driver, const Request& request,
                                             std::vector<std::string>& warnings) {
  std::vector<ChosenGpu> chosen;
  Result<> first_reason;
  for (const Gpu& gpu : driver.gpus) {
    if (gpu.is_excluded) continue;
    if (Result<> usable = check_node(gpu.node); !usable) {
      warnings.push_back(fmt::format("GPU {} is left out: {}", gpu.index, usable.error().text));
      if (first_reason) first_reason = std::move(usable);
      continue;
    }
    chosen.push_back({.gpu = &gpu, .migs = all_migs(gpu)});
  }
  if (chosen.empty()) {
    if (!first_reason) return std::move(first_reason).error();
    return make_error(ErrorKind::NotFound, "the driver is loaded, but has no GPU to use")
        .with_hint("`nvidia-smi -L` on the host shows those that it knows");
  }
  if (request.selection == GpuSelection::First) {
    if (request.count > chosen.size()) {
      return make_error(ErrorKind::NotFound,
                        fmt::format("{} GPUs are asked for, and {} can be used", request.count,
                                    chosen.size()))
          .with_hint(list_gpus(driver));
    }
    chosen.resize(request.count);
  }
  return chosen;
}

}  // namespace

Result<> check_node(const Node& node) {
  switch (node.access_error) {
    case 0:
      return {};
    case ENOENT:
      return make_error(ErrorKind::NotFound, fmt::format("{} is missing", node.path))
          .with_hint("as root: `nvidia-modprobe -u -c 0`, or enable nvidia-persistenced");
    case EPERM:
      return make_error(ErrorKind::Denied,
                        fmt::format("{} is forbidden to us by a device cgroup", node.path))
          .with_hint("the batch job or session that we run in was not given this GPU");
    case EACCES:
      return make_error(ErrorKind::Denied,
                        fmt::format("{} has mode {:04o} and belongs to {}:{}: we may not open it",
                                    node.path, node.mode, node.uid, node.gid))
          .with_hint("become a member of its group, or ask root to `chmod 666` it");
    case ENODEV:
      return make_error(ErrorKind::BadState, fmt::format("{} is not the driver's device {}:{}",
                                                         node.path, node.major, node.minor))
          .with_hint("as root: remove it, and run `nvidia-modprobe -u -c 0`");
    default:
      return system_error(node.access_error, node.path);
  }
}

Result<std::vector<ChosenGpu>> choose_gpus(const Driver& driver, const Request& request,
                                           std::vector<std::string>& warnings) {
  if (request.selection == GpuSelection::None) return std::vector<ChosenGpu>();
  if (request.selection != GpuSelection::Selected) {
    return choose_usable(driver, request, warnings);
  }
  std::vector<ChosenGpu> chosen;
  for (const std::string& name : request.devices) {
    ChosenGpu one = TRY(find_chosen(driver, name));
    TRY(check_node(one.gpu->node));
    add_chosen(chosen, std::move(one));
  }
  std::sort(chosen.begin(), chosen.end(),
            [](const ChosenGpu& a, const ChosenGpu& b) { return a.gpu->index < b.gpu->index; });
  return chosen;
}

}  // namespace ocirt::nvidia
