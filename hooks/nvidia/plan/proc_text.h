// Reads what the driver and the kernel write below /proc, as text. Pure.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt::nvidia {

/// The version of the module in /proc/driver/nvidia/version; empty where there is none.
std::string parse_driver_version(std::string_view text);

/// The character devices of /proc/devices: name to major number.
std::map<std::string, uint32_t> parse_proc_devices(std::string_view text);

/// A GPU's "information" file: "Key: value" lines.
struct GpuInformation {
  std::string model;
  std::string uuid;  // empty while the driver shows question marks: the GPU was never opened
  std::string pci_address;
  std::optional<uint32_t> minor;
  bool is_excluded = false;
  friend bool operator==(const GpuInformation&, const GpuInformation&) = default;
};
GpuInformation parse_gpu_information(std::string_view text);

/// /proc/driver/nvidia-caps/mig-minors: "gpu0/gi1/ci0/access 13" and the like, name to minor.
std::map<std::string, uint32_t> parse_mig_minors(std::string_view text);

/// The number in `prefix` + digits ("gi12"); nothing for other names.
std::optional<uint32_t> numbered(std::string_view name, std::string_view prefix);

/// All of `text` as a decimal number.
std::optional<uint32_t> parse_decimal(std::string_view text);

/// The lines of a text, and the words of a line.
std::vector<std::string_view> lines_of(std::string_view text);
std::vector<std::string_view> words_of(std::string_view line);

/// Without blanks at both ends.
std::string_view trimmed(std::string_view text);

}  // namespace ocirt::nvidia
