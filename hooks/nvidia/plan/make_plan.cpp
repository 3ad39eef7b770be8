// Driver, Request and RootfsFacts become a Plan. Pure.
#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <utility>

#include "hooks/nvidia/plan/library_table.h"
#include "hooks/nvidia/plan/plan.h"
#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

// Under this prefix a library directory has plugins of libgbm.
constexpr std::string_view kGbmPlugin = "/gbm/nvidia-drm_gbm.so";

PlannedDevice planned(const Node& node) {
  return {.source = {node.path},
          .path = {node.destination},
          .major = node.major,
          .minor = node.minor,
          .mode = node.mode,
          .uid = node.uid,
          .gid = node.gid};
}

class Planner {
 public:
  Planner(const Driver& driver, const Request& request, const RootfsFacts& rootfs, Plan& plan)
      : driver_(driver), request_(request), rootfs_(rootfs), plan_(plan) {}

  // Every container that gets anything: the driver can't be spoken to without its control node.
  Result<> add_shared_devices() {
    TRY(check_node(driver_.control));
    plan_.devices.push_back(planned(driver_.control));
    if (asks_for(kCompute | kVideo)) TRY(add_uvm());
    if (asks_for(kDisplay) && driver_.modeset) add_if_usable(*driver_.modeset);
    if (request_.mig_config && driver_.mig_config) add_if_usable(*driver_.mig_config);
    if (request_.mig_monitor && driver_.mig_monitor) add_if_usable(*driver_.mig_monitor);
    return add_imex_channels();
  }

  void add_gpu(const ChosenGpu& chosen) {
    plan_.gpus.push_back(chosen.gpu->index);
    plan_.devices.push_back(planned(chosen.gpu->node));
    for (const MigDevice* mig : chosen.migs) {
      add_once(mig->gpu_instance_access);
      add_once(mig->compute_instance_access);
    }
    if (asks_for(kGraphics | kDisplay)) add_dri(*chosen.gpu);
  }

  void add_libraries() {
    for (const Library& library : driver_.libraries) {
      if (!asks_for(library.serves) || (library.is_32_bit && !asks_for(kCompat32))) continue;
      std::string directory = library.is_32_bit ? rootfs_.lib_directory_32 : rootfs_.lib_directory;
      if (!library.subdirectory.empty()) directory += '/' + library.subdirectory;
      plan_.mounts.push_back(
          {.source = {library.path}, .destination = {directory + '/' + library.name}});
      add_links(library, directory);
    }
    if (asks_for(kGraphics) && has_link("/libnvidia-allocator.so.1")) {
      plan_.links.push_back({.path = {rootfs_.lib_directory + std::string(kGbmPlugin)},
                             .target = "../libnvidia-allocator.so.1"});
    }
  }

  void add_files() {
    for (const DriverFile& file : driver_.files) {
      if (!asks_for(file.serves)) continue;
      plan_.mounts.push_back({.source = {file.path}, .destination = {file.destination}});
    }
    for (const DriverFile& socket : driver_.sockets) {
      if (!asks_for(socket.serves)) continue;
      plan_.mounts.push_back({.source = {socket.path},
                              .destination = {socket.destination},
                              .kind = MountKind::Socket});
    }
  }

  // Tells EGL which GPUs it may show: bit n is the GPU with minor n.
  void add_application_profile(const std::vector<ChosenGpu>& chosen) {
    if (!asks_for(kGraphics) || chosen.empty()) return;
    uint64_t mask = 0;
    for (const ChosenGpu& one : chosen) {
      if (one.gpu->minor < 64) mask |= uint64_t{1} << one.gpu->minor;
    }
    plan_.files.push_back(
        {.path = {"/etc/nvidia/nvidia-application-profiles-rc.d/10-container.conf"},
         .content = fmt::format(
             R"({{"profiles": [{{"name": "_container_", "settings": ["EGLVisibleDGPUDevices", {:#x}]}}],)"
             R"( "rules": [{{"pattern": [], "profile": "_container_"}}]}})"
             "\n",
             mask)});
  }

 private:
  [[nodiscard]] bool asks_for(Capabilities any_of) const {
    return (request_.capabilities & any_of) != 0;
  }

  Result<> add_uvm() {
    if (!driver_.uvm) {
      return make_error(ErrorKind::NotFound, "the module nvidia-uvm is not loaded: CUDA needs it")
          .with_hint("as root: `nvidia-modprobe -u -c 0`; or ask for capabilities=utility alone");
    }
    TRY(check_node(*driver_.uvm));
    plan_.devices.push_back(planned(*driver_.uvm));
    if (driver_.uvm_tools) add_if_usable(*driver_.uvm_tools);
    return {};
  }

  Result<> add_imex_channels() {
    if (request_.lacks_channels) {
      plan_.warnings.emplace_back(
          "NVIDIA_IMEX_CHANNELS of the image grants nothing: ask for channels by imex=0");
    }
    for (const uint32_t channel : request_.imex_channels) {
      const auto found =
          std::find_if(driver_.imex_channels.begin(), driver_.imex_channels.end(),
                       [channel](const Node& node) { return node.minor == channel; });
      if (found == driver_.imex_channels.end()) {
        return make_error(ErrorKind::NotFound,
                          fmt::format("there is no IMEX channel {} here", channel));
      }
      add_if_usable(*found);
    }
    return {};
  }

  void add_if_usable(const Node& node) {
    if (Result<> usable = check_node(node)) {
      plan_.devices.push_back(planned(node));
    } else {
      plan_.warnings.push_back(fmt::format("left out: {}", usable.error().text));
    }
  }

  // Compute instances of one GPU instance share its node.
  void add_once(const Node& node) {
    const bool is_there = std::any_of(
        plan_.devices.begin(), plan_.devices.end(),
        [&](const PlannedDevice& device) { return device.path.text == node.destination; });
    if (!is_there) add_if_usable(node);
  }

  void add_dri(const Gpu& gpu) {
    for (const Node& node : gpu.dri) {
      const size_t planned_before = plan_.devices.size();
      add_if_usable(node);
      if (plan_.devices.size() == planned_before) continue;
      const std::string name = node.destination.substr(node.destination.rfind('/') + 1);
      const std::string_view kind = name.starts_with("render") ? "render" : "card";
      plan_.links.push_back(
          {.path = {fmt::format("/dev/dri/by-path/pci-{}-{}", gpu.pci_address, kind)},
           .target = "../" + name});
    }
  }

  void add_links(const Library& library, const std::string& directory) {
    // A soname is a name; one with a slash would lead elsewhere.
    const bool has_soname =
        !library.soname.empty() && library.soname.find('/') == std::string::npos;
    const std::string& soname = has_soname ? library.soname : library.name;
    if (soname != library.name) add_link(directory, soname, library.name);
    add_to_cache(library, directory, soname);
    // Programs open these by the name that they are linked by.
    if (library.name.starts_with("libcuda.so.")) {
      add_link(directory, "libcuda.so", soname);
      add_to_cache(library, directory, "libcuda.so");
    }
    if (library.name.starts_with("libnvidia-opticalflow.so.")) {
      add_link(directory, "libnvidia-opticalflow.so", soname);
    }
    if (library.name.starts_with("libGLX_nvidia.so.")) {
      add_link(directory, "libGLX_indirect.so.0", library.name);
    }
  }

  void add_link(const std::string& directory, const std::string& name, const std::string& target) {
    plan_.links.push_back({.path = {directory + '/' + name}, .target = target});
  }

  void add_to_cache(const Library& library, const std::string& directory, const std::string& name) {
    plan_.cache_entries.push_back({.key = name,
                                   .value = directory + '/' + name,
                                   .flags = library.is_32_bit ? kCacheI386 : kCacheNative});
  }

  [[nodiscard]] bool has_link(std::string_view suffix) const {
    return std::any_of(plan_.links.begin(), plan_.links.end(), [&](const PlannedLink& link) {
      return link.path.text == rootfs_.lib_directory + std::string(suffix);
    });
  }

  const Driver& driver_;
  const Request& request_;
  const RootfsFacts& rootfs_;
  Plan& plan_;
};

Result<> check_image(const Driver& driver, const Request& request, const RootfsFacts& rootfs,
                     std::vector<std::string>& warnings) {
  if (rootfs.libc == Libc::Musl) {
    return make_error(ErrorKind::Unsupported,
                      "the image's C library is musl (Alpine), NVIDIA's libraries need glibc")
        .with_hint("take an image based on Debian, Ubuntu, Fedora, ...");
  }
  RequirementFacts facts{.driver = driver.version, .cuda = cuda_of_driver(driver.version)};
  const bool is_compatible =
      request.uses_compat && rootfs.compat && uses_compat(*rootfs.compat, driver.version);
  if (is_compatible) facts.cuda = cuda_of_driver(rootfs.compat->version);
  for (const Requirement& requirement : request.requirements) {
    const Verdict verdict = TRY(evaluate(requirement, facts));
    if (verdict == Verdict::NotMet) {
      return make_error(
                 ErrorKind::Unsupported,
                 fmt::format("the image needs {} ({}), and the host has driver {} with CUDA {}",
                             requirement.expression, requirement.variable, facts.driver,
                             facts.cuda.empty() ? "of unknown version" : facts.cuda))
          .with_hint("NVIDIA_DISABLE_REQUIRE=1 in the container's environment tries it anyway");
    }
    if (verdict == Verdict::Unknown) {
      warnings.push_back(
          fmt::format("not checked: {}={}", requirement.variable, requirement.expression));
    }
  }
  return {};
}

Result<> check_driver(const Driver& driver, const Request& request) {
  const bool has_cuda =
      std::any_of(driver.libraries.begin(), driver.libraries.end(),
                  [](const Library& library) { return version_of_libcuda(library.name) != ""; });
  if (has_cuda || (request.capabilities & (kCompute | kVideo)) == 0) return {};
  if (!driver.other_versions.empty()) {
    return make_error(ErrorKind::BadState,
                      fmt::format("the loaded driver is {}, its libraries on this host are {}",
                                  driver.version, fmt::join(driver.other_versions, ", ")))
        .with_hint("the driver was updated: reboot, or reload its modules");
  }
  return make_error(ErrorKind::NotFound, fmt::format("no libcuda.so.{} on this host, below {}",
                                                     driver.version, driver.root));
}

// The majors in `"driver": [535, 550, ...]`. The note is the image's, so it is searched, not
// trusted.
std::vector<uint32_t> majors_in_note(std::string_view note) {
  std::vector<uint32_t> majors;
  size_t at = note.find("\"driver\"");
  if (at != std::string_view::npos) at = note.find('[', at);
  if (at == std::string_view::npos) return majors;
  std::string_view list = note.substr(at + 1);
  list = list.substr(0, list.find(']'));
  while (!list.empty()) {
    const size_t end = std::min(list.find(','), list.size());
    if (const auto major = parse_decimal(trimmed(list.substr(0, end)))) majors.push_back(*major);
    list.remove_prefix(std::min(end + 1, list.size()));
  }
  return majors;
}

uint32_t major_of(std::string_view version) {
  return parse_decimal(version.substr(0, version.find('.'))).value_or(0);
}

}  // namespace

bool uses_compat(const CompatFacts& compat, std::string_view driver_version) {
  const uint32_t host = major_of(driver_version);
  if (compat.note.empty()) return major_of(compat.version) > host;
  const std::vector<uint32_t> majors = majors_in_note(compat.note);
  return std::find(majors.begin(), majors.end(), host) != majors.end() &&
         compare_versions(compat.version, driver_version) > 0;
}

// Else the driver's user space would see that nodes have other owners than it expects (in a user
// namespace they always do), and try to make them anew.
void mask_params(std::string_view params, Plan& plan) {
  constexpr std::string_view kModify = "ModifyDeviceFiles:";
  if (params.empty()) return;
  std::string text;
  for (const std::string_view line : lines_of(params)) {
    text += line.starts_with(kModify) ? fmt::format("{} 0", kModify) : std::string(line);
    text += '\n';
  }
  plan.files.push_back({.path = {"/proc/driver/nvidia/params"}, .content = std::move(text)});
}

void add_compat(const std::optional<CompatFacts>& compat, std::string_view driver_version,
                Plan& plan) {
  if (!compat || !uses_compat(*compat, driver_version)) return;
  plan.compat_directory = compat->directory;
  plan.cache_entries.insert(plan.cache_entries.begin(), compat->entries.begin(),
                            compat->entries.end());
}

Result<Plan> make_plan(const Driver& driver, const Request& request, const RootfsFacts& rootfs) {
  Plan plan;
  plan.driver_version = driver.version;
  TRY(check_driver(driver, request));
  TRY(check_image(driver, request, rootfs, plan.warnings));
  const std::vector<ChosenGpu> chosen = TRY(choose_gpus(driver, request, plan.warnings));
  Planner planner(driver, request, rootfs, plan);
  TRY(planner.add_shared_devices());
  for (const ChosenGpu& gpu : chosen) planner.add_gpu(gpu);
  planner.add_libraries();
  planner.add_files();
  if (driver.params) mask_params(*driver.params, plan);
  planner.add_application_profile(chosen);
  if (request.uses_compat && (request.capabilities & kCompute) != 0) {
    add_compat(rootfs.compat, driver.version, plan);
  }
  // So that no other hook injects a second time (what CDI's specifications say as well).
  plan.env.emplace_back("NVIDIA_VISIBLE_DEVICES=void");
  return plan;
}

}  // namespace ocirt::nvidia
