// What `top` shows of a container's processes.
#include "frontend/commands/process_table.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <time.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <iterator>
#include <map>
#include <optional>

#include "frontend/bundle/capability_names.h"
#include "frontend/bundle/text.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

using bundle::split;
using bundle::split_pair;

constexpr int64_t kPerSecond = 1'000'000'000;
constexpr size_t kMostText = 1 << 20;

struct Column {
  std::string_view name;
  std::string_view code;  // of ps(1)
  std::string_view title;
};

constexpr Column kColumns[] = {{"args", "%a", "COMMAND"},
                               {"capamb", "", "AMBIENT CAPS"},
                               {"capbnd", "", "BOUNDING CAPS"},
                               {"capeff", "", "EFFECTIVE CAPS"},
                               {"capinh", "", "INHERITED CAPS"},
                               {"capprm", "", "PERMITTED CAPS"},
                               {"comm", "%c", "COMMAND"},
                               {"etime", "%t", "ELAPSED"},
                               {"group", "%G", "GROUP"},
                               {"groups", "", "GROUPS"},
                               {"hgroup", "", "HGROUP"},
                               {"hgroups", "", "HGROUPS"},
                               {"hpid", "", "HPID"},
                               {"huser", "", "HUSER"},
                               {"label", "", "LABEL"},
                               {"nice", "%n", "NI"},
                               {"pcpu", "%C", "%CPU"},
                               {"pgid", "%r", "PGID"},
                               {"pid", "%p", "PID"},
                               {"ppid", "%P", "PPID"},
                               {"rgroup", "%g", "RGROUP"},
                               {"rss", "", "RSS"},
                               {"ruser", "%u", "RUSER"},
                               {"seccomp", "", "SECCOMP"},
                               {"state", "", "STATE"},
                               {"stime", "", "STIME"},
                               {"time", "%x", "TIME"},
                               {"tty", "%y", "TTY"},
                               {"user", "%U", "USER"},
                               {"vsz", "%z", "VSZ"}};

const Column* find_column(std::string_view word) {
  for (const Column& column : kColumns) {
    if (column.name == word || (!word.empty() && column.code == word)) return &column;
  }
  return nullptr;
}

}  // namespace

Result<std::vector<std::string>> parse_columns(const std::vector<std::string>& words) {
  std::vector<std::string> columns;
  for (const std::string& word : words) {
    for (const std::string& name : split(word, ',')) {
      const Column* column = find_column(name);
      if (column == nullptr) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("top: there is no column '{}'", name));
      }
      columns.emplace_back(column->name);
    }
  }
  if (columns.empty()) columns = {"user", "pid", "ppid", "pcpu", "etime", "tty", "time", "args"};
  return columns;
}

std::string go_duration(int64_t ns) {
  if (ns <= 0) return "0s";
  const auto number = [](double value) {
    std::string text = fmt::format("{:.9f}", value);
    text.erase(text.find_last_not_of('0') + 1);
    if (text.ends_with('.')) text.pop_back();
    return text;
  };
  constexpr int64_t kMicro = 1000;
  constexpr int64_t kMilli = 1000 * kMicro;
  if (ns < kMicro) return fmt::format("{}ns", ns);
  if (ns < kMilli) return number(static_cast<double>(ns) / kMicro) + "µs";
  if (ns < kPerSecond) return number(static_cast<double>(ns) / kMilli) + "ms";
  const int64_t minutes = ns / kPerSecond / 60;
  const int64_t rest = ns - minutes * 60 * kPerSecond;
  const std::string seconds =
      number(static_cast<double>(rest) / static_cast<double>(kPerSecond)) + 's';
  if (minutes == 0) return seconds;
  if (minutes < 60) return fmt::format("{}m{}", minutes, seconds);
  return fmt::format("{}h{}m{}", minutes / 60, minutes % 60, seconds);
}

namespace {

// One process, as /proc tells it.
struct Process {
  pid_t pid = 0;
  std::string name;
  std::string command;
  char state = '?';
  int64_t parent = 0;
  int64_t terminal = 0;
  int64_t ticks = 0;  // user and system
  int64_t nice = 0;
  int64_t start_ticks = 0;
  std::map<std::string, std::string> status;  // by name: "Uid" has "0\t0\t0\t0"
};

std::string read_proc(pid_t pid, const char* file) {
  const std::string path = fmt::format("/proc/{}/{}", pid, file);
  return sys::read_file(AT_FDCWD, path.c_str(), kMostText).value_or("");
}

int64_t number_of(const std::string& text) {
  return bundle::parse_number(text).value_or(0);
}

// Nothing for one that has gone.
std::optional<Process> read_process(pid_t pid) {
  Process process = {.pid = pid};
  const std::string stat = read_proc(pid, "stat");
  // The name may hold anything, also ')': the last one ends it (proc(5)).
  const size_t open = stat.find('(');
  const size_t close = stat.rfind(')');
  if (open == std::string::npos || close == std::string::npos) return std::nullopt;
  process.name = stat.substr(open + 1, close - open - 1);
  const std::vector<std::string> fields = split(std::string_view(stat).substr(close + 2), ' ');
  constexpr size_t kState = 0, kParent = 1, kTerminal = 4, kUser = 11, kSystem = 12, kNice = 16,
                   kStart = 19;
  if (fields.size() <= kStart) return std::nullopt;
  process.state = fields[kState].empty() ? '?' : fields[kState][0];
  process.parent = number_of(fields[kParent]);
  process.terminal = number_of(fields[kTerminal]);
  process.ticks = number_of(fields[kUser]) + number_of(fields[kSystem]);
  process.nice = number_of(fields[kNice]);
  process.start_ticks = number_of(fields[kStart]);
  for (const std::string& line : split(read_proc(pid, "status"), '\n')) {
    const auto [key, value] = split_pair(line, ':');
    std::string text(value);
    text.erase(0, text.find_first_not_of(" \t"));
    process.status[std::string(key)] = text;
  }
  process.command = read_proc(pid, "cmdline");
  while (process.command.ends_with('\0')) process.command.pop_back();
  std::replace(process.command.begin(), process.command.end(), '\0', ' ');
  if (process.command.empty()) process.command = fmt::format("[{}]", process.name);
  return process;
}

int64_t nanoseconds(int64_t ticks) {
  static const int64_t per_second = ::sysconf(_SC_CLK_TCK);
  return ticks * (kPerSecond / per_second);
}

int64_t elapsed(const Process& process) {
  timespec now = {};
  (void)::clock_gettime(CLOCK_BOOTTIME, &now);
  return now.tv_sec * kPerSecond + now.tv_nsec - nanoseconds(process.start_ticks);
}

// The n-th of numbers with tabs between: "Uid: real effective saved fs".
std::string nth(const Process& process, const char* field, size_t n) {
  const auto found = process.status.find(field);
  if (found == process.status.end()) return "?";
  const std::vector<std::string> parts = split(found->second, '\t');
  return n < parts.size() ? parts[n] : "?";
}

// In the innermost pid namespace, which is the container's.
std::string inner(const Process& process, const char* field) {
  const auto found = process.status.find(field);
  if (found == process.status.end()) return "?";
  return split(found->second, '\t').back();
}

// An id of ours as the process' user namespace has it; nothing if it has none.
std::optional<int64_t> id_inside(pid_t pid, const char* map, int64_t id) {
  for (const std::string& line : split(read_proc(pid, map), '\n')) {
    std::vector<int64_t> numbers;
    for (const std::string& word : split(line, ' ')) {
      if (!word.empty()) numbers.push_back(number_of(word));
    }
    if (numbers.size() == 3 && id >= numbers[1] && id - numbers[1] < numbers[2]) {
      return numbers[0] + id - numbers[1];
    }
  }
  return std::nullopt;
}

// "root" for 0, by a text of lines "name:x:0:..."; the number where there is no name.
std::string name_of_id(const std::string& text, const std::string& id) {
  constexpr size_t kId = 2;
  for (const std::string& line : split(text, '\n')) {
    const std::vector<std::string> fields = split(line, ':');
    if (fields.size() > kId && fields[kId] == id) return fields[0];
  }
  return id;
}

std::string name_inside(const Process& process, const char* map, const std::string& text,
                        const std::string& id) {
  const std::optional<int64_t> inside = id_inside(process.pid, map, number_of(id));
  return inside ? name_of_id(text, fmt::format("{}", *inside)) : id;
}

std::string capabilities(const Process& process, const char* field) {
  const std::string hex = nth(process, field, 0);
  uint64_t bits = 0;
  (void)std::from_chars(hex.data(), hex.data() + hex.size(), bits, 16);
  if (bits == 0) return "none";
  const size_t count = std::size(bundle::kCapabilityNames);
  if (bits == (uint64_t{1} << count) - 1) return "full";
  std::string text;
  for (size_t i = 0; i < count; ++i) {
    constexpr size_t kPrefix = 4;  // "CAP_"
    if ((bits >> i & 1) == 0) continue;
    text += (text.empty() ? "" : ",") + std::string(bundle::kCapabilityNames[i].substr(kPrefix));
  }
  return text;
}

std::string terminal_name(int64_t device) {
  if (device == 0) return "?";
  const unsigned number = (device & 0xff) | ((device >> 12) & 0xfff00);
  const unsigned major = (device >> 8) & 0xfff;
  constexpr unsigned kFirstPts = 136;
  constexpr unsigned kLastPts = 143;
  if (major >= kFirstPts && major <= kLastPts) return fmt::format("pts/{}", number);
  return fmt::format("tty{}", number);
}

std::string groups_of(const Process& process, const std::string& text, bool on_host) {
  const auto found = process.status.find("Groups");
  std::string list;
  if (found == process.status.end()) return list;
  for (const std::string& id : split(found->second, ' ')) {
    if (id.empty()) continue;
    list += (list.empty() ? "" : ",") +
            (on_host ? name_of_id(text, id) : name_inside(process, "gid_map", text, id));
  }
  return list.empty() ? "?" : list;
}

std::string kilobytes(const Process& process, const char* field) {
  const auto found = process.status.find(field);
  return found == process.status.end() ? "0" : std::string(split_pair(found->second, ' ').first);
}

std::string identity_cell(const Process& process, std::string_view column, const NameFiles& names) {
  constexpr size_t kReal = 0, kEffective = 1;
  if (column == "user") {
    return name_inside(process, "uid_map", names.passwd, nth(process, "Uid", kEffective));
  }
  if (column == "ruser") {
    return name_inside(process, "uid_map", names.passwd, nth(process, "Uid", kReal));
  }
  if (column == "huser") return name_of_id(names.host_passwd, nth(process, "Uid", kEffective));
  if (column == "group") {
    return name_inside(process, "gid_map", names.group, nth(process, "Gid", kEffective));
  }
  if (column == "rgroup") {
    return name_inside(process, "gid_map", names.group, nth(process, "Gid", kReal));
  }
  if (column == "hgroup") return name_of_id(names.host_group, nth(process, "Gid", kEffective));
  if (column == "groups") return groups_of(process, names.group, false);
  return groups_of(process, names.host_group, true);
}

std::string time_cell(const Process& process, std::string_view column) {
  if (column == "etime") return go_duration(elapsed(process));
  if (column == "time") return go_duration(nanoseconds(process.ticks));
  if (column == "pcpu") {
    const int64_t lived = std::max<int64_t>(elapsed(process), 1);
    constexpr double kPercent = 100;
    return fmt::format("{:.3f}", kPercent * static_cast<double>(nanoseconds(process.ticks)) /
                                     static_cast<double>(lived));
  }
  const time_t started = ::time(nullptr) - elapsed(process) / kPerSecond;
  tm parts = {};
  std::array<char, 64> text = {};
  (void)::localtime_r(&started, &parts);
  (void)::strftime(text.data(), text.size(), "%a %b %e %H:%M:%S %Y", &parts);
  return text.data();
}

std::string seccomp_mode(const Process& process) {
  const std::string mode = nth(process, "Seccomp", 0);
  if (mode == "0") return "disabled";
  return mode == "1" ? "strict" : "filter";
}

std::string cell(const Process& process, std::string_view column, const NameFiles& names,
                 const std::map<int64_t, std::string>& inner_pids) {
  if (column == "args") return process.command;
  if (column == "comm") return process.name;
  if (column == "pid") return inner(process, "NSpid");
  if (column == "pgid") return inner(process, "NSpgid");
  if (column == "hpid") return fmt::format("{}", process.pid);
  if (column == "ppid") {
    const auto parent = inner_pids.find(process.parent);
    return parent == inner_pids.end() ? "0" : parent->second;  // 0: outside of the container
  }
  if (column == "state") return std::string(1, process.state);
  if (column == "nice") return fmt::format("{}", process.nice);
  if (column == "tty") return terminal_name(process.terminal);
  if (column == "vsz") return kilobytes(process, "VmSize");
  if (column == "rss") return kilobytes(process, "VmRSS");
  if (column == "seccomp") return seccomp_mode(process);
  if (column == "label") return "?";  // of SELinux
  if (column == "capamb") return capabilities(process, "CapAmb");
  if (column == "capbnd") return capabilities(process, "CapBnd");
  if (column == "capeff") return capabilities(process, "CapEff");
  if (column == "capinh") return capabilities(process, "CapInh");
  if (column == "capprm") return capabilities(process, "CapPrm");
  const bool is_time =
      column == "etime" || column == "time" || column == "pcpu" || column == "stime";
  return is_time ? time_cell(process, column) : identity_cell(process, column, names);
}

}  // namespace

std::vector<std::vector<std::string>> process_table(const std::vector<pid_t>& pids,
                                                    const std::vector<std::string>& columns,
                                                    const NameFiles& names) {
  std::vector<Process> processes;
  std::map<int64_t, std::string> inner_pids;
  for (const pid_t pid : pids) {
    std::optional<Process> process = read_process(pid);
    if (!process) continue;
    inner_pids[pid] = inner(*process, "NSpid");
    processes.push_back(std::move(*process));
  }
  std::vector<std::vector<std::string>> rows(1);
  for (const std::string& column : columns) {
    rows[0].emplace_back(find_column(column)->title);
  }
  for (const Process& process : processes) {
    std::vector<std::string>& row = rows.emplace_back();
    for (const std::string& column : columns) {
      row.push_back(cell(process, column, names, inner_pids));
    }
  }
  return rows;
}

}  // namespace ocirt::frontend
