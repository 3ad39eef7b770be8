// Learns the UUIDs of slices of GPUs (MIG) from the driver's own nvidia-smi. Runs in: creator, or a
// hook in the host's namespaces; never in a container's.
#include <fmt/core.h>
#include <sys/mman.h>
#include <unistd.h>

#include <algorithm>

#include "hooks/nvidia/host/discover.h"
#include "hooks/nvidia/plan/smi_text.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::nvidia {

namespace {

// Without a persistence daemon it starts each GPU, which takes seconds.
constexpr int kPatience_ms = 30'000;
constexpr size_t kLongestAnswer = 16 << 20;

std::string directory_of(std::string_view path) {
  return std::string(path.substr(0, path.rfind('/')));
}

Result<std::string> ask(const std::string& program, const std::string& libraries,
                        std::vector<std::string> words) {
  const UniqueFd answer(::memfd_create("nvidia-smi", MFD_CLOEXEC));
  if (!answer) return last_error("make a file for nvidia-smi's answer");
  words.insert(words.begin(), program);
  const sys::ProgramOutcome outcome = TRY(
      sys::run_program({.path = program,
                        .args = words,
                        .env = {"PATH=/usr/bin:/bin", "LC_ALL=C", "LD_LIBRARY_PATH=" + libraries},
                        .output_fd = answer.get()},
                       "", kPatience_ms));
  if (outcome.timed_out || outcome.status != sys::ExitStatus{}) {
    return make_error(ErrorKind::System,
                      fmt::format("{} {}: {}", program, words[1],
                                  outcome.timed_out ? "no answer in 30 s" : outcome.output));
  }
  if (::lseek(answer.get(), 0, SEEK_SET) != 0) return last_error("rewind nvidia-smi's answer");
  return sys::read_all(answer.get(), kLongestAnswer);
}

bool names_uuid(const std::string& device) {
  const bool is_slice = device.starts_with("MIG-") || device.starts_with("mig-");
  return is_slice && device.find('/') == std::string::npos;  // "MIG-GPU-.../3/0" tells the ids
}

}  // namespace

Result<> learn_slices(const Request& request, Driver& driver) {
  if (std::none_of(request.devices.begin(), request.devices.end(), names_uuid)) return {};
  const auto smi = std::find_if(
      driver.files.begin(), driver.files.end(),
      [](const DriverFile& file) { return file.destination == "/usr/bin/nvidia-smi"; });
  const auto library = std::find_if(
      driver.libraries.begin(), driver.libraries.end(),
      [](const Library& one) { return one.name.starts_with("libnvidia-ml.so") && !one.is_32_bit; });
  if (smi == driver.files.end() || library == driver.libraries.end()) {
    return make_error(ErrorKind::NotFound,
                      "a slice's UUID can't be looked up: the host has no nvidia-smi")
        .with_hint("name it by its place, such as 0:1 for the second slice of the first GPU");
  }
  const std::string directory = directory_of(library->path);
  const std::string list = TRY(ask(smi->path, directory, {"-L"}));
  const std::string query = TRY(ask(smi->path, directory, {"-q", "-x"}));
  name_slices(driver, parse_smi_list(list), parse_smi_query(query));
  return {};
}

}  // namespace ocirt::nvidia
