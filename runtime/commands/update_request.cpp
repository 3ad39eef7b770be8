// The limits that `update` is to set, from its command line.
#include "runtime/commands/update_request.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <linux/magic.h>
#include <unistd.h>

#include <optional>
#include <string>
#include <vector>

#include "runtime/commands/quantities.h"
#include "spec/parse.h"
#include "spec/validate.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr size_t kLargestRequest = 16 << 20;  // bytes

Result<spec::Resources> read_resources(const std::string& path) {
  // An engine pipes the text in, and closes the pipe.
  const std::string text =
      TRY(path == "-" ? sys::read_all(STDIN_FILENO, kLargestRequest)
                      : sys::read_file(AT_FDCWD, path.c_str(), kLargestRequest));
  return spec::parse_resources(text);
}

template <typename T>
Result<> set(const ParsedLine& line, std::string_view option, std::optional<T>& place,
             Result<T> (*parse)(std::string_view option, std::string_view text)) {
  if (line.has(option)) place = TRY(parse(option, line.value(option)));
  return {};
}

Result<> set_cpu(const ParsedLine& line, spec::Cpu& cpu) {
  constexpr uint64_t kDefaultPeriod_us = 100'000;  // the kernel's
  TRY(set(line, "cpu-period", cpu.period, parse_unsigned));
  if (cpu.period == 0) cpu.period = kDefaultPeriod_us;
  TRY(set(line, "cpu-quota", cpu.quota, parse_signed));
  TRY(set(line, "cpu-burst", cpu.burst, parse_unsigned));
  TRY(set(line, "cpu-share", cpu.shares, parse_unsigned));
  TRY(set(line, "cpu-rt-period", cpu.realtime_period, parse_unsigned));
  TRY(set(line, "cpu-rt-runtime", cpu.realtime_runtime, parse_signed));
  TRY(set(line, "cpu-idle", cpu.idle, parse_signed));
  if (line.has("cpuset-cpus")) cpu.cpus = line.value("cpuset-cpus");
  if (line.has("cpuset-mems")) cpu.mems = line.value("cpuset-mems");
  return {};
}

Result<> set_memory(const ParsedLine& line, spec::Memory& memory) {
  TRY(set(line, "memory", memory.limit, parse_size));
  TRY(set(line, "memory-reservation", memory.reservation, parse_size));
  TRY(set(line, "memory-swap", memory.swap, parse_size));
  // No kernel since 5.4 has these two limits. What is asked must make sense all the same.
  TRY(set(line, "kernel-memory", memory.kernel, parse_size));
  return set(line, "kernel-memory-tcp", memory.kernel_tcp, parse_size);
}

Result<spec::Resources> from_options(const ParsedLine& line) {
  constexpr int kMostWeight = 1000;
  spec::Resources resources = {.memory = spec::Memory{},
                               .cpu = spec::Cpu{},
                               .pids = spec::Pids{},
                               .block_io = spec::BlockIo{}};
  TRY(set_cpu(line, *resources.cpu));
  TRY(set_memory(line, *resources.memory));
  TRY(set(line, "pids-limit", resources.pids->limit, parse_signed));
  if (line.has("blkio-weight")) {
    const int weight = TRY(parse_number("blkio-weight", line.value("blkio-weight"), kMostWeight));
    resources.block_io->weight = static_cast<uint16_t>(weight);
  }
  return resources;
}

// As in runc, these count beside --resources, too.
Result<std::vector<std::string>> schemata_of(const ParsedLine& line) {
  std::vector<std::string> schemata;
  for (const std::string_view option : {"l3-cache-schema", "mem-bw-schema"}) {
    if (!line.has(option)) continue;
    if (sys::file_system_type("/sys/fs/resctrl").value_or(0) != RDTGROUP_SUPER_MAGIC) {
      return make_error(ErrorKind::Unsupported,
                        fmt::format("--{}: no resctrl file system is mounted on /sys/fs/resctrl, "
                                    "so that there is no Intel RDT",
                                    option));
    }
    schemata.push_back(line.value(option));
  }
  return schemata;
}

}  // namespace

Result<UpdateRequest> update_request(const ParsedLine& line) {
  UpdateRequest request;
  request.schemata = TRY(schemata_of(line));
  request.resources = line.has("resources") ? TRY(read_resources(line.value("resources")))
                                            : TRY(from_options(line));
  const std::vector<spec::Finding> findings = spec::find_problems(request.resources);
  if (!findings.empty()) return spec::findings_error(findings);
  return request;
}

}  // namespace ocirt::commands
