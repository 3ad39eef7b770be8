// Reads what nvidia-smi prints about slices of GPUs. Pure.
#include "hooks/nvidia/plan/smi_text.h"

#include <algorithm>
#include <optional>

#include "hooks/nvidia/plan/proc_text.h"

namespace ocirt::nvidia {

namespace {

// What follows `name` up to `end`; empty where it isn't there.
std::string_view between(std::string_view text, std::string_view name, std::string_view end) {
  const size_t start = text.find(name);
  if (start == std::string_view::npos) return {};
  const std::string_view rest = text.substr(start + name.size());
  const size_t size = rest.find(end);
  return size == std::string_view::npos ? std::string_view() : trimmed(rest.substr(0, size));
}

// The pieces of `text` from `start` to before `end`.
std::vector<std::string_view> pieces(std::string_view text, std::string_view start,
                                     std::string_view end) {
  std::vector<std::string_view> found;
  for (size_t at = text.find(start); at != std::string_view::npos; at = text.find(start)) {
    text.remove_prefix(at + start.size());
    const size_t size = std::min(text.find(end), text.size());
    found.push_back(text.substr(0, size));
    text.remove_prefix(size);
  }
  return found;
}

}  // namespace

std::vector<ListedSlice> parse_smi_list(std::string_view text) {
  std::vector<ListedSlice> slices;
  std::string_view gpu;
  for (const std::string_view line : lines_of(text)) {
    const std::string_view uuid = between(line, "(UUID:", ")");
    if (trimmed(line).starts_with("GPU ")) gpu = uuid;
    if (!trimmed(line).starts_with("MIG ") || uuid.empty()) continue;
    const auto index = parse_decimal(between(line, "Device", ":"));
    if (index) slices.push_back({std::string(gpu), *index, std::string(uuid)});
  }
  return slices;
}

std::vector<QueriedSlice> parse_smi_query(std::string_view text) {
  std::vector<QueriedSlice> slices;
  for (const std::string_view gpu : pieces(text, "<gpu id=", "</gpu>")) {
    // That of the GPU comes before its slices'.
    const std::string_view uuid = between(gpu, "<uuid>GPU-", "</uuid>");
    for (const std::string_view slice : pieces(gpu, "<mig_device>", "</mig_device>")) {
      const auto index = parse_decimal(between(slice, "<index>", "</index>"));
      const auto gi = parse_decimal(between(slice, "<gpu_instance_id>", "</gpu_instance_id>"));
      const auto ci =
          parse_decimal(between(slice, "<compute_instance_id>", "</compute_instance_id>"));
      if (!index || !gi || !ci) continue;
      slices.push_back({"GPU-" + std::string(uuid), *index, *gi, *ci});
    }
  }
  return slices;
}

void name_slices(Driver& driver, const std::vector<ListedSlice>& listed,
                 const std::vector<QueriedSlice>& queried) {
  for (Gpu& gpu : driver.gpus) {
    for (const QueriedSlice& query : queried) {
      if (query.gpu_uuid != gpu.uuid) continue;
      for (const ListedSlice& one : listed) {
        if (one.gpu_uuid != gpu.uuid || one.index != query.index) continue;
        for (MigDevice& mig : gpu.migs) {
          const bool is_it = mig.gpu_instance == query.gpu_instance &&
                             mig.compute_instance == query.compute_instance;
          if (is_it) mig.uuid = one.uuid;
        }
      }
    }
  }
}

}  // namespace ocirt::nvidia
