// Throws bytes at everything of the GPUs' plan that reads a file: a library's ELF headers, the
// loader's cache, the text of /proc, of nvidia-smi and of config.toml, and requests. The first byte
// says which.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <string>
#include <string_view>

#include "hooks/nvidia/plan/elf.h"
#include "hooks/nvidia/plan/library_table.h"
#include "hooks/nvidia/plan/loader_cache.h"
#include "hooks/nvidia/plan/plan.h"
#include "hooks/nvidia/plan/proc_text.h"
#include "hooks/nvidia/plan/request.h"
#include "hooks/nvidia/plan/requirement.h"
#include "hooks/nvidia/plan/settings.h"
#include "hooks/nvidia/plan/smi_text.h"

namespace {

using namespace ocirt;          // NOLINT(google-build-using-namespace): all of it is the target
using namespace ocirt::nvidia;  // NOLINT(google-build-using-namespace): likewise

void require(bool holds) {
  if (!holds) std::abort();
}

void read_library(std::string_view file) {
  const Result<ElfFacts> facts = read_elf(
      [file](uint64_t offset, std::span<char> into) {
        if (offset > file.size() || into.size() > file.size() - offset) return false;
        if (!into.empty()) std::memcpy(into.data(), file.data() + offset, into.size());
        return true;
      },
      ElfParts::SonameAndNote);
  if (!facts) {
    require(!facts.error().text.empty());
    return;
  }
  require(facts->soname.size() <= 256 && facts->compatibility.size() <= 4096);
  (void)uses_compat({.version = "580.1", .note = facts->compatibility}, "570.1");
}

// What is read, extended and written reads back the same.
void read_cache(std::string_view file) {
  Result<LoaderCache> cache = parse_loader_cache(file);
  if (!cache) return;
  const CacheEntry ours{.key = "libcuda.so.1", .value = "/usr/lib64/libcuda.so.1"};
  const size_t before = cache->entries.size();
  add_in_front(*cache, {ours});
  require(cache->entries.size() == before + 1);
  const Result<LoaderCache> back = parse_loader_cache(format_loader_cache(*cache));
  require(back && back->entries.size() == cache->entries.size());
  const std::string again = format_loader_cache(*back);
  require(again == format_loader_cache(*parse_loader_cache(again)));
}

void read_proc(std::string_view text) {
  (void)parse_driver_version(text);
  (void)parse_proc_devices(text);
  (void)parse_gpu_information(text);
  (void)parse_mig_minors(text);
  Plan plan;
  mask_params(text, plan);
  for (const PlannedFile& file : plan.files) {
    require(file.content.find("ModifyDeviceFiles: 1") == std::string::npos ||
            text.find("ModifyDeviceFiles: 1") != std::string_view::npos);
  }
}

void read_smi(std::string_view text) {
  Driver driver;
  driver.gpus.push_back({.uuid = "GPU-1", .migs = {{.gpu_instance = 1}}});
  name_slices(driver, parse_smi_list(text), parse_smi_query(text));
  const Settings settings = parse_settings(text);
  require(settings.ignored.size() <= text.size());
}

void read_request(std::string_view text) {
  const size_t half = text.find('\n');
  const std::vector<std::string> env = {
      "NVIDIA_VISIBLE_DEVICES=" + std::string(text.substr(0, half)),
      "NVIDIA_DRIVER_CAPABILITIES=" + std::string(text.substr(0, half)),
      "NVIDIA_IMEX_CHANNELS=" + std::string(text.substr(0, half)),
      "NVIDIA_REQUIRE_X=" + std::string(half == text.npos ? text : text.substr(half))};
  (void)find_request({.annotation = std::string(text), .env = env});
  const Result<std::optional<Request>> request =
      find_request({.env = env, .trust = Trust::Environment, .is_privileged = true});
  (void)version_of_libcuda(text);
  (void)match_library(text, "580.1");
  if (!request || !*request) return;
  Driver driver;
  driver.version = "580.1";
  driver.libraries.push_back({.path = "/libcuda.so.580.1", .name = "libcuda.so.580.1"});
  driver.uvm.emplace();
  driver.gpus.push_back({.uuid = "GPU-1", .migs = {{.gpu_instance = 1}}});
  const Result<Plan> plan = make_plan(driver, **request, {});
  if (plan) require(!print_plan(*plan).empty());
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  if (size == 0) return 0;
  const std::string_view text(reinterpret_cast<const char*>(data) + 1, size - 1);
  switch (data[0]) {
    case 'e':
      read_library(text);
      break;
    case 'c':
      read_cache(text);
      break;
    case 'p':
      read_proc(text);
      break;
    case 's':
      read_smi(text);
      break;
    case 'r':
      read_request(text);
      break;
    default:
      return -1;  // nothing to learn from
  }
  return 0;
}
