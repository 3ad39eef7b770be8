// Finds the payload's program as its user will see it. Runs in: init, and the process that `exec`
// adds.
#include "runtime/stages/executable.h"

#include <elf.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <optional>
#include <string_view>

#include "base/unique_fd.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr std::string_view kDefaultPath =
    "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

std::string_view path_of(const plan::ProcessPlan& process) {
  constexpr std::string_view kName = "PATH=";
  for (const std::string& entry : process.env) {
    if (entry.starts_with(kName)) return std::string_view(entry).substr(kName.size());
  }
  return kDefaultPath;
}

// 0 when the path is a program that we may execute, else the errno.
int why_not_executable(const std::string& path) {
  struct stat about {};
  if (::stat(path.c_str(), &about) < 0) return errno;
  if (S_ISDIR(about.st_mode)) return EISDIR;
  if (!S_ISREG(about.st_mode)) return EACCES;
  return ::faccessat(AT_FDCWD, path.c_str(), X_OK, AT_EACCESS) < 0 ? errno : 0;
}

// The texts of this function are what podman, docker and containerd match to tell 126 from 127; the
// docker client does so in lower case only.
Error cannot_execute(const std::string& name, int reason) {
  if (reason == EISDIR) {
    return make_error(ErrorKind::Denied, fmt::format("exec: \"{}\": permission denied", name))
        .with_hint("it is a directory");
  }
  if (reason == EACCES || reason == EPERM) {
    return make_error(ErrorKind::Denied, fmt::format("exec: \"{}\": permission denied", name))
        .with_hint(
            "the file is there, but the container's user may not execute it: look at its "
            "mode, those of the directories above it, and at the mount's noexec");
  }
  if (reason == ENOENT) {
    return make_error(ErrorKind::NotFound,
                      fmt::format("exec: \"{}\": no such file or directory", name));
  }
  return system_error(reason, fmt::format("exec: \"{}\"", name));
}

std::string_view machine_name(uint16_t machine) {
  switch (machine) {
    case EM_X86_64:
      return "x86-64";
    case EM_386:
      return "i386";
    case EM_AARCH64:
      return "arm64";
    case EM_ARM:
      return "arm";
    case EM_PPC64:
      return "ppc64";
    case EM_S390:
      return "s390x";
    case EM_RISCV:
      return "riscv64";
    default:
      return "other";
  }
}

#if defined(__x86_64__)
constexpr uint16_t kOwnMachine = EM_X86_64;
bool runs_natively(uint16_t machine) {
  return machine == EM_X86_64 || machine == EM_386;
}
#elif defined(__aarch64__)
constexpr uint16_t kOwnMachine = EM_AARCH64;
bool runs_natively(uint16_t machine) {
  return machine == EM_AARCH64 || machine == EM_ARM;
}
#else
constexpr uint16_t kOwnMachine = EM_NONE;
bool runs_natively(uint16_t) {
  return true;
}
#endif

Result<> check_interpreter(const std::string& program, std::string_view interpreter) {
  const int reason = why_not_executable(std::string(interpreter));
  if (reason == 0) return {};
  return cannot_execute(program, reason)
      .with_hint(
          fmt::format("its interpreter \"{}\" can't be executed in the container", interpreter));
}

// What follows "#!", up to the first blank (execve(2)).
Result<> check_script(const std::string& program, std::string_view start) {
  std::string_view line = start.substr(2, start.find('\n') - 2);
  line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
  const std::string_view interpreter = line.substr(0, line.find_first_of(" \t"));
  if (interpreter.empty()) return {};  // the kernel's own error then
  return check_interpreter(program, interpreter);
}

template <typename Header, typename ProgramHeader>
std::optional<std::string> elf_interpreter(int fd, std::string_view start) {
  Header header;
  if (start.size() < sizeof header) return std::nullopt;
  std::memcpy(&header, start.data(), sizeof header);
  constexpr unsigned kMostHeaders = 64;  // programs have about ten
  const unsigned count = std::min<unsigned>(header.e_phnum, kMostHeaders);
  for (unsigned i = 0; i < count; ++i) {
    ProgramHeader segment;
    const auto offset = static_cast<off_t>(header.e_phoff + i * sizeof segment);
    if (::pread(fd, &segment, sizeof segment, offset) != sizeof segment) return std::nullopt;
    if (segment.p_type != PT_INTERP) continue;
    std::array<char, 4096> name{};
    const size_t size = std::min<size_t>(segment.p_filesz, name.size() - 1);
    if (::pread(fd, name.data(), size, static_cast<off_t>(segment.p_offset)) < 0)
      return std::nullopt;
    return std::string(name.data());
  }
  return std::nullopt;
}

Result<> check_elf(const std::string& program, int fd, std::string_view start,
                   bool foreign_programs) {
  uint16_t machine = 0;
  std::memcpy(&machine, start.data() + offsetof(Elf64_Ehdr, e_machine), sizeof machine);
  if (!runs_natively(machine)) {
    if (foreign_programs) return {};
    return system_error(ENOEXEC, fmt::format("exec: \"{}\"", program))
        .with_hint(fmt::format("it is a program for {}, this host is {}: use an image for {}, or "
                               "install qemu-user with binfmt support",
                               machine_name(machine), machine_name(kOwnMachine),
                               machine_name(kOwnMachine)));
  }
  const std::optional<std::string> interpreter =
      start[EI_CLASS] == ELFCLASS64 ? elf_interpreter<Elf64_Ehdr, Elf64_Phdr>(fd, start)
                                    : elf_interpreter<Elf32_Ehdr, Elf32_Phdr>(fd, start);
  return interpreter ? check_interpreter(program, *interpreter) : Result<>();
}

// Looks into the program for what would make execve fail: another machine type, or an interpreter
// that is missing. A file that can't be read is left to execve, which needs no right to read it.
Result<> check_contents(const std::string& program, bool foreign_programs) {
  const UniqueFd fd(::open(program.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  if (!fd) return {};
  std::array<char, 256> buffer;
  const ssize_t got = ::read(fd.get(), buffer.data(), buffer.size());
  const std::string_view start(buffer.data(), got > 0 ? static_cast<size_t>(got) : 0);
  if (start.starts_with("#!")) return check_script(program, start);
  if (start.starts_with(ELFMAG) && start.size() >= sizeof(Elf32_Ehdr)) {
    return check_elf(program, fd.get(), start, foreign_programs);
  }
  if (foreign_programs) return {};  // binfmt_misc knows more formats than we do
  return system_error(ENOEXEC, fmt::format("exec: \"{}\"", program))
      .with_hint("it is neither an ELF program nor a script that starts with #!");
}

Result<std::string> search_path(const plan::ProcessPlan& process) {
  const std::string& name = process.args[0];
  std::string_view rest = path_of(process);
  int denied = 0;
  while (!name.empty()) {
    const size_t colon = rest.find(':');
    const std::string_view directory = rest.substr(0, colon);
    // An empty entry is the current directory (POSIX), which nobody wants to execute from by
    // accident.
    if (!directory.empty()) {
      std::string candidate = fmt::format("{}/{}", directory, name);
      const int reason = why_not_executable(candidate);
      if (reason == 0) return candidate;
      if (reason == EACCES) denied = reason;
    }
    if (colon == std::string_view::npos) break;
    rest.remove_prefix(colon + 1);
  }
  if (denied != 0) return cannot_execute(name, denied);
  return system_error(ENOENT, fmt::format("exec: \"{}\": executable file not found in $PATH", name))
      .with_hint(fmt::format("PATH in the container is \"{}\"", path_of(process)));
}

}  // namespace

Result<std::string> find_executable(const plan::ProcessPlan& process, bool foreign_programs) {
  const std::string& name = process.args[0];
  std::string path = name;
  if (name.find('/') == std::string::npos) {
    path = TRY(search_path(process));
  } else if (const int reason = why_not_executable(name); reason != 0) {
    return cannot_execute(name, reason);
  }
  TRY(check_contents(path, foreign_programs));
  return path;
}

namespace {

std::string home_directory(uint32_t uid) {
  constexpr size_t kLargestPasswd = 1 << 20;
  // The file is the image's: it may be a fifo or a device, and must not make us wait
  // (CVE-2024-9676).
  const UniqueFd fd(::open("/etc/passwd", O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY));
  struct stat about {};
  if (!fd || ::fstat(fd.get(), &about) < 0 || !S_ISREG(about.st_mode)) return "/";
  const Result<std::string> text = sys::read_all(fd.get(), kLargestPasswd);
  if (!text) return "/";
  std::string_view rest = *text;
  while (!rest.empty()) {
    std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(line.size() + 1, rest.size()));
    std::array<std::string_view, 7> fields;  // name:password:uid:gid:comment:home:shell
    for (std::string_view& field : fields) {
      field = line.substr(0, line.find(':'));
      line.remove_prefix(std::min(field.size() + 1, line.size()));
    }
    uint32_t id = 0;
    const auto [end, error] =
        std::from_chars(fields[2].data(), fields[2].data() + fields[2].size(), id);
    const bool is_number = error == std::errc() && end == fields[2].data() + fields[2].size();
    if (is_number && id == uid && !fields[2].empty() && fields[5].starts_with('/')) {
      return std::string(fields[5]);
    }
  }
  return "/";
}

}  // namespace

std::string missing_home(const plan::ProcessPlan& process) {
  const bool has_home =
      std::any_of(process.env.begin(), process.env.end(),
                  [](const std::string& entry) { return entry.starts_with("HOME="); });
  return has_home ? "" : home_directory(process.uid);
}

}  // namespace ocirt::stages
