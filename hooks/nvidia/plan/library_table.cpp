// The tables of the driver's files. Pure.
//
// The lists follow what NVIDIA's installer puts on a host, and what NVIDIA's own tools inject.
#include "hooks/nvidia/plan/library_table.h"

#include <algorithm>

namespace ocirt::nvidia {

namespace {

// Video decodes with CUDA, so it needs compute's libraries as well; display draws.
constexpr Capabilities kForCompute = kCompute | kVideo;
constexpr Capabilities kForGraphics = kGraphics | kDisplay;

constexpr KnownFile kLibraries[] = {
    {"libnvidia-ml", kUtility},
    {"libnvidia-cfg", kUtility},
    {"libnvidia-nscq", kUtility},
    {"libcuda", kForCompute},
    {"libcudadebugger", kForCompute},
    {"libnvidia-opencl", kForCompute},
    {"libnvidia-gpucomp", kForCompute | kForGraphics},
    {"libnvidia-ptxjitcompiler", kForCompute},
    {"libnvidia-fatbinaryloader", kForCompute},
    {"libnvidia-allocator", kForCompute | kForGraphics},
    {"libnvidia-compiler", kForCompute},
    {"libnvidia-pkcs11", kForCompute},
    {"libnvidia-pkcs11-openssl3", kForCompute},
    {"libnvidia-nvvm", kForCompute},
    {"libnvidia-nvvm70", kForCompute},
    {"libnvidia-tileiras", kForCompute},
    {"libvdpau_nvidia", kVideo},
    {"libnvidia-encode", kVideo},
    {"libnvidia-opticalflow", kVideo},
    {"libnvcuvid", kVideo},
    {"libnvidia-eglcore", kForGraphics},
    {"libnvidia-glcore", kForGraphics},
    {"libnvidia-tls", kForGraphics},
    {"libnvidia-glsi", kForGraphics},
    {"libnvidia-fbc", kForGraphics},
    {"libnvidia-ifr", kForGraphics},
    {"libnvidia-rtcore", kForGraphics},
    {"libnvoptix", kForGraphics},
    {"libGLX_nvidia", kForGraphics},
    {"libEGL_nvidia", kForGraphics},
    {"libGLESv2_nvidia", kForGraphics},
    {"libGLESv1_CM_nvidia", kForGraphics},
    {"libnvidia-glvkspirv", kForGraphics},
    {"libnvidia-cbl", kForGraphics},
    {"libnvidia-vulkan-producer", kForGraphics},
    {"libnvidia-gtk2", 0},  // of nvidia-settings: no container asks for it
    {"libnvidia-gtk3", 0},
    {"libnvidia-wayland-client", 0},
    {"libglxserver_nvidia", kDisplay},
    {"libnvidia-ngx", kNgx},
};

// These bear versions of their own.
constexpr std::string_view kEglPlatforms[] = {"libnvidia-egl-gbm", "libnvidia-egl-wayland",
                                              "libnvidia-egl-wayland2", "libnvidia-egl-xcb",
                                              "libnvidia-egl-xlib"};

constexpr KnownFile kPrograms[] = {
    {"nvidia-smi", kUtility},
    {"nvidia-debugdump", kUtility},
    {"nvidia-persistenced", kUtility},
    {"nv-fabricmanager", kUtility},
    {"nvidia-cuda-mps-control", kCompute},
    {"nvidia-cuda-mps-server", kCompute},
};

constexpr KnownFile kConfigs[] = {
    {"OpenCL/vendors/nvidia.icd", kCompute},
    {"glvnd/egl_vendor.d/10_nvidia.json", kForGraphics},
    {"egl/egl_external_platform.d/15_nvidia_gbm.json", kForGraphics},
    {"egl/egl_external_platform.d/10_nvidia_wayland.json", kForGraphics},
    {"egl/egl_external_platform.d/09_nvidia_wayland2.json", kForGraphics},
    {"egl/egl_external_platform.d/20_nvidia_xcb.json", kForGraphics},
    {"egl/egl_external_platform.d/20_nvidia_xlib.json", kForGraphics},
    {"nvidia/nvoptix.bin", kForGraphics},
    {"vulkan/icd.d/nvidia_icd.json", kForGraphics},
    {"vulkan/icd.d/nvidia_icd.x86_64.json", kForGraphics},
    {"vulkan/icd.d/nvidia_icd.aarch64.json", kForGraphics},
    {"vulkan/implicit_layer.d/nvidia_layers.json", kForGraphics},
};

constexpr KnownFile kSockets[] = {
    {"/run/nvidia-persistenced/socket", kUtility},
    {"/run/nvidia-fabricmanager/socket", kUtility},
    {"/tmp/nvidia-mps", kCompute},
};

bool is_version(std::string_view text) {
  return !text.empty() && text.front() >= '0' && text.front() <= '9' &&
         std::all_of(text.begin(), text.end(),
                     [](char c) { return c == '.' || (c >= '0' && c <= '9'); });
}

}  // namespace

std::optional<LibraryMatch> match_library(std::string_view name, std::string_view version) {
  const size_t dot = name.find(".so.");
  if (dot == std::string_view::npos || !name.starts_with("lib")) return std::nullopt;
  const std::string_view stem = name.substr(0, dot);
  const std::string_view suffix = name.substr(dot + 4);
  if (suffix != version) {
    // "libnvidia-egl-gbm.so.1.1.2", and not its link "libnvidia-egl-gbm.so.1".
    const bool is_platform = std::find(std::begin(kEglPlatforms), std::end(kEglPlatforms), stem) !=
                             std::end(kEglPlatforms);
    if (!is_platform || !is_version(suffix) || suffix.find('.') == std::string_view::npos) {
      return std::nullopt;
    }
    return LibraryMatch{.serves = kForGraphics};
  }
  const auto* known = std::find_if(std::begin(kLibraries), std::end(kLibraries),
                                   [stem](const KnownFile& file) { return file.name == stem; });
  if (known == std::end(kLibraries)) return LibraryMatch{.serves = kForCompute};
  if (known->serves == 0) return std::nullopt;
  return LibraryMatch{.subdirectory = stem == "libvdpau_nvidia" ? "vdpau" : "",
                      .serves = known->serves};
}

std::string_view version_of_libcuda(std::string_view name) {
  constexpr std::string_view kStem = "libcuda.so.";
  if (!name.starts_with(kStem)) return {};
  name.remove_prefix(kStem.size());
  return is_version(name) && name.find('.') != std::string_view::npos ? name : std::string_view();
}

std::span<const KnownFile> known_programs() {
  return kPrograms;
}
std::span<const KnownFile> known_configs() {
  return kConfigs;
}
std::span<const KnownFile> known_sockets() {
  return kSockets;
}

}  // namespace ocirt::nvidia
