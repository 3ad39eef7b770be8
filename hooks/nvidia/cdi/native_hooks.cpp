// Does NVIDIA's hooks of CDI: their words become links, files and entries of the loader's cache.
#include "hooks/nvidia/cdi/native_hooks.h"

#include <fcntl.h>

#include <algorithm>
#include <optional>
#include <utility>

#include "hooks/nvidia/apply/rootfs_facts.h"
#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/host/library_file.h"

namespace ocirt::nvidia {

namespace {

std::string_view base_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);
}

// "--name value" or "--name=value", any number of them.
struct Flag {
  std::string_view name;
  std::string_view value;
};

std::optional<std::vector<Flag>> read_flags(const std::vector<std::string>& args, size_t first) {
  std::vector<Flag> flags;
  for (size_t i = first; i < args.size(); ++i) {
    const std::string_view word = args[i];
    if (!word.starts_with("--")) return std::nullopt;
    const size_t equals = word.find('=');
    if (equals != std::string_view::npos) {
      flags.push_back({word.substr(2, equals - 2), word.substr(equals + 1)});
    } else if (i + 1 < args.size()) {
      flags.push_back({word.substr(2), args[++i]});
    } else {
      return std::nullopt;
    }
  }
  return flags;
}

bool is_absolute(std::string_view path) {
  return path.size() > 1 && path.starts_with('/') && !path.ends_with('/');
}

// "TARGET::PATH"
bool read_link(std::string_view text, HookRequests& requests) {
  const size_t middle = text.find("::");
  if (middle == std::string_view::npos || middle == 0 || !is_absolute(text.substr(middle + 2))) {
    return false;
  }
  requests.links.push_back({.path = {std::string(text.substr(middle + 2))},
                            .target = std::string(text.substr(0, middle))});
  return true;
}

bool read_folder(std::string_view text, HookRequests& requests) {
  if (!is_absolute(text)) return false;
  auto& known = requests.lib_directories;
  if (std::find(known.begin(), known.end(), text) == known.end()) known.emplace_back(text);
  return true;
}

bool read_flag(std::string_view verb, const Flag& flag, HookRequests& requests) {
  if (verb == "create-symlinks") return flag.name == "link" && read_link(flag.value, requests);
  if (verb == "update-ldcache" || verb == "create-soname-symlinks") {
    // Where their ldconfig is: we run none.
    return flag.name == "ldconfig-path" ||
           (flag.name == "folder" && read_folder(flag.value, requests));
  }
  if (verb == "enable-cuda-compat") {
    if (flag.name != "host-driver-version") return false;
    requests.compat_for = flag.value;
    return true;
  }
  // Directories of devices, which we make with this mode anyway.
  if (verb == "chmod") return flag.name == "path" || (flag.name == "mode" && flag.value == "755");
  return false;
}

// The libraries that lie in one of the directories, by their sonames: what ldconfig would find.
void add_libraries(const sys::RootDir& host, const spec::Config& config,
                   const std::vector<std::string>& directories, Plan& plan) {
  for (const spec::Mount& mount : config.mounts) {
    const size_t slash = mount.destination.rfind('/');
    const std::string directory = mount.destination.substr(0, slash);
    const bool is_meant =
        std::find(directories.begin(), directories.end(), directory) != directories.end() &&
        mount.destination.find(".so") != std::string::npos;
    if (!is_meant || !mount.source) continue;
    const Result<UniqueFd> file = host.open({*mount.source}, O_RDONLY | O_NONBLOCK);
    if (!file) continue;  // mounting it will say why
    const Result<ElfFacts> facts = read_library(file->get(), ElfParts::Soname);
    if (!facts || facts->soname.empty() || facts->soname.find('/') != std::string::npos) continue;
    const std::string path = directory + '/' + facts->soname;
    plan.cache_entries.push_back({.key = facts->soname,
                                  .value = path,
                                  .flags = facts->is_64_bit ? kCacheNative : kCacheI386});
    const std::string name(base_name(mount.destination));
    if (name != facts->soname) plan.links.push_back({.path = {path}, .target = name});
  }
}

}  // namespace

bool is_nvidia_hook(const spec::Hook& hook) {
  const std::string_view program = base_name(hook.path);
  if (program == "nvidia-cdi-hook") return true;
  return program == "nvidia-ctk" && hook.args.size() > 1 && hook.args[1] == "hook";
}

bool read_nvidia_hook(const spec::Hook& hook, HookRequests& requests) {
  if (!is_nvidia_hook(hook)) return false;
  const size_t at = base_name(hook.path) == "nvidia-ctk" ? 2 : 1;
  if (hook.args.size() <= at) return false;
  const std::string_view verb = hook.args[at];
  const auto flags = read_flags(hook.args, at + 1);
  if (!flags) return false;
  HookRequests read = requests;
  if (verb == "disable-device-node-modification" && flags->empty()) {
    read.masks_params = true;
  } else if (flags->empty() || !std::all_of(flags->begin(), flags->end(), [&](const Flag& flag) {
               return read_flag(verb, flag, read);
             })) {
    return false;
  }
  requests = std::move(read);
  return true;
}

void take_nvidia_hooks(const sys::RootDir& host, const sys::RootDir& rootfs, spec::Config& config,
                       Plan& plan) {
  if (!config.hooks) return;
  HookRequests requests;
  const size_t taken = std::erase_if(config.hooks->create_container, [&](const spec::Hook& hook) {
    return read_nvidia_hook(hook, requests);
  });
  if (taken == 0) return;
  add_libraries(host, config, requests.lib_directories, plan);
  plan.links.insert(plan.links.end(), std::make_move_iterator(requests.links.begin()),
                    std::make_move_iterator(requests.links.end()));
  if (!requests.compat_for.empty()) {
    add_compat(look_at_rootfs(rootfs).compat, requests.compat_for, plan);
  }
  if (requests.masks_params) {
    mask_params(read_params(host).value_or(""), plan);
  }
}

}  // namespace ocirt::nvidia
