// ocictl stats: what containers use.
#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <time.h>
#include <unistd.h>

#include <array>
#include <map>

#include "frontend/bundle/text.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/process_table.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 7> kOptions = {{
    {.name = "all", .short_name = 'a', .value_name = "", .help = "also those that don't run"},
    {.name = "format", .value_name = "FORMAT", .help = "json, or a Go template"},
    {.name = "interval", .short_name = 'i', .value_name = "S", .help = "between two looks (5)"},
    {.name = "latest", .short_name = 'l', .value_name = "", .help = "the newest container"},
    {.name = "no-reset", .value_name = "", .help = "don't clear the screen between"},
    {.name = "no-stream", .value_name = "", .help = "look once"},
    {.name = "no-trunc", .value_name = "", .help = "whole ids"},
}};

constexpr double kPercent = 100;
constexpr int64_t kPerSecond = 1'000'000'000;

// What one container has used so far.
struct Usage {
  int64_t taken_ns = 0;    // when we looked, CLOCK_BOOTTIME
  int64_t started_ns = 0;  // since the epoch
  uint64_t cpu_ns = 0;
  uint64_t memory = 0;
  uint64_t memory_limit = 0;
  uint64_t received = 0;
  uint64_t sent = 0;
  uint64_t read = 0;
  uint64_t written = 0;
  uint64_t pids = 0;
};

uint64_t number_at(const Json& object, std::initializer_list<const char*> path) {
  const Json* now = &object;
  for (const char* name : path) {
    if (!now->is_object() || !now->contains(name)) return 0;
    now = &(*now)[name];
  }
  return now->is_number() ? now->get<uint64_t>() : 0;
}

uint64_t machine_memory() {
  return static_cast<uint64_t>(::sysconf(_SC_PHYS_PAGES)) *
         static_cast<uint64_t>(::sysconf(_SC_PAGESIZE));
}

int64_t now_of(clockid_t clock) {
  timespec now = {};
  (void)::clock_gettime(clock, &now);
  return now.tv_sec * kPerSecond + now.tv_nsec;
}

// All interfaces of its network namespace but loopback: "  eth0: BYTES ... (8 fields) BYTES ...".
void add_network(pid_t pid, Usage& usage) {
  constexpr size_t kMost = 1 << 20;
  const std::string path = fmt::format("/proc/{}/net/dev", pid);
  const Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), kMost);
  if (!text) return;
  for (const std::string& line : bundle::split(*text, '\n')) {
    const size_t colon = line.find(':');
    if (colon == std::string::npos) continue;
    const std::string name = line.substr(0, colon);
    if (name.ends_with(" lo") || name == "lo") continue;
    std::vector<std::string> fields;
    for (std::string& word : bundle::split(std::string_view(line).substr(colon + 1), ' ')) {
      if (!word.empty()) fields.push_back(std::move(word));
    }
    constexpr size_t kSent = 8;
    if (fields.size() <= kSent) continue;
    usage.received += static_cast<uint64_t>(bundle::parse_number(fields[0]).value_or(0));
    usage.sent += static_cast<uint64_t>(bundle::parse_number(fields[kSent]).value_or(0));
  }
}

void add_block(const Json& data, Usage& usage) {
  const Json& blkio = data.contains("blkio") ? data["blkio"] : Json::object();
  if (!blkio.contains("ioServiceBytesRecursive")) return;
  for (const Json& each : blkio["ioServiceBytesRecursive"]) {
    std::string what = each.value("op", "");
    for (char& letter : what) letter = static_cast<char>(std::tolower(letter));
    if (what == "read") usage.read += each.value("value", uint64_t{0});
    if (what == "write") usage.written += each.value("value", uint64_t{0});
  }
}

// Zeros for one that doesn't run.
Result<Usage> look(Containers& containers, const Containers::Found& found) {
  Usage usage = {.taken_ns = now_of(CLOCK_BOOTTIME)};
  if (found.status.pid == 0) return usage;
  const containers::Engine engine = TRY(containers.engine(found.record));
  const std::string text = TRY(engine.runtime.output_of({"events", "--stats", found.record.id}));
  const Json json = Json::parse(text, nullptr, false);
  if (!json.is_object() || !json.contains("data")) {
    return make_error(ErrorKind::System, "the runtime tells its statistics in no way that we know");
  }
  const Json& data = json["data"];
  usage.started_ns = found.status.started_s * kPerSecond;
  usage.cpu_ns = number_at(data, {"cpu", "usage", "total"});
  usage.memory = number_at(data, {"memory", "usage", "usage"});
  usage.memory_limit = number_at(data, {"memory", "usage", "limit"});
  if (usage.memory_limit == 0 || usage.memory_limit > machine_memory()) {
    usage.memory_limit = machine_memory();  // no limit of its own
  }
  usage.pids = number_at(data, {"pids", "current"});
  add_block(data, usage);
  add_network(found.status.pid, usage);
  return usage;
}

double percent_of(double part, double whole) {
  return whole <= 0 ? 0 : kPercent * part / whole;
}

double average_cpu(const Usage& usage) {
  if (usage.started_ns == 0) return 0;
  return percent_of(static_cast<double>(usage.cpu_ns),
                    static_cast<double>(now_of(CLOCK_REALTIME) - usage.started_ns));
}

// Since the look before; since its start where there was none.
double recent_cpu(const Usage& usage, const Usage* before) {
  if (before == nullptr || usage.cpu_ns < before->cpu_ns) return average_cpu(usage);
  return percent_of(static_cast<double>(usage.cpu_ns - before->cpu_ns),
                    static_cast<double>(usage.taken_ns - before->taken_ns));
}

struct Row {
  const model::Record* record = nullptr;
  Usage usage;
  double cpu = 0;
};

std::string pair_of(uint64_t first, uint64_t second) {
  return fmt::format("{} / {}", compact_size(first), compact_size(second));
}

std::string percent_text(double value) {
  return fmt::format("{:.2f}%", value);
}

std::string memory_percent(const Usage& usage) {
  return percent_text(
      percent_of(static_cast<double>(usage.memory), static_cast<double>(usage.memory_limit)));
}

std::string id_of(const Row& row, bool whole) {
  return whole ? row.record->id : containers::short_id(row.record->id);
}

Json titles() {
  return {{"ID", "ID"},
          {"Name", "NAME"},
          {"CPUPerc", "CPU %"},
          {"MemUsage", "MEM USAGE / LIMIT"},
          {"MemPerc", "MEM %"},
          {"NetIO", "NET IO"},
          {"BlockIO", "BLOCK IO"},
          {"PIDS", "PIDS"},
          {"CPUTime", "CPU TIME"},
          {"AvgCPU", "AVG CPU %"},
          {"Container", "ID"},
          {"ContainerID", "ID"},
          {"UpTime", "CPU TIME"}};
}

Json fields(const Row& row, bool whole) {
  const Usage& usage = row.usage;
  const std::string cpu_time = go_duration(static_cast<int64_t>(usage.cpu_ns));
  return {{"ID", id_of(row, whole)},
          {"Name", row.record->name},
          {"CPUPerc", percent_text(row.cpu)},
          {"MemUsage", pair_of(usage.memory, usage.memory_limit)},
          {"MemPerc", memory_percent(usage)},
          {"NetIO", pair_of(usage.received, usage.sent)},
          {"BlockIO", pair_of(usage.read, usage.written)},
          {"PIDS", fmt::format("{}", usage.pids)},
          {"CPUTime", cpu_time},
          {"AvgCPU", percent_text(average_cpu(usage))},
          {"Container", id_of(row, whole)},
          {"ContainerID", row.record->id},
          {"UpTime", cpu_time}};
}

std::string json_text(const std::vector<Row>& rows, bool whole) {
  Json list = Json::array();
  for (const Row& row : rows) {
    const Json all = fields(row, whole);
    list.push_back({{"id", all["ID"]},
                    {"name", all["Name"]},
                    {"cpu_time", all["CPUTime"]},
                    {"cpu_percent", all["CPUPerc"]},
                    {"avg_cpu", all["AvgCPU"]},
                    {"mem_usage", all["MemUsage"]},
                    {"mem_percent", all["MemPerc"]},
                    {"net_io", all["NetIO"]},
                    {"block_io", all["BlockIO"]},
                    {"pids", all["PIDS"]}});
  }
  return list.dump(1) + '\n';
}

std::string table(const std::vector<Row>& rows, bool whole) {
  static constexpr const char* kShown[] = {"ID",    "Name",    "CPUPerc", "MemUsage", "MemPerc",
                                           "NetIO", "BlockIO", "PIDS",    "CPUTime",  "AvgCPU"};
  const auto line_of = [](const Json& values) {
    std::vector<std::string> cells;
    for (const char* name : kShown) cells.push_back(values[name].get<std::string>());
    return cells;
  };
  std::vector<std::vector<std::string>> cells = {line_of(titles())};
  for (const Row& row : rows) cells.push_back(line_of(fields(row, whole)));
  return print_table(cells);
}

Result<std::string> shown(const std::vector<Row>& rows, const Line& line) {
  const bool whole = line.flag("no-trunc");
  const std::string format = line.value("format");
  if (!line.has("format") || format == "table") return table(rows, whole);
  if (is_json_format(format)) return json_text(rows, whole);
  std::vector<Json> values;
  for (const Row& row : rows) values.push_back(fields(row, whole));
  return print_formatted(format, titles(), values);
}

Result<std::vector<Containers::Found>> chosen(Containers& containers, const Line& line) {
  std::vector<Containers::Found> all;
  if (!line.words().empty()) {
    for (const std::string& word : line.words()) all.push_back(TRY(containers.find(word)));
    return all;
  }
  all = TRY(containers.all());
  if (line.flag("latest") && !all.empty()) all.erase(all.begin(), all.end() - 1);
  if (!line.flag("all") && !line.flag("latest")) {
    std::erase_if(all, [](const auto& found) { return found.status.pid == 0; });
  }
  return all;
}

Result<int> run(Context& context, const Line& line) {
  const std::string asked = line.has("interval") ? line.value("interval") : "5";
  const std::optional<int64_t> interval_s = bundle::parse_number(asked);
  constexpr int64_t kMost_s = 86400;
  if (!interval_s || *interval_s < 1 || *interval_s > kMost_s) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--interval {}: not a number of seconds", asked));
  }
  const bool once = line.flag("no-stream");
  const bool clears = !once && !line.flag("no-reset") && ::isatty(STDOUT_FILENO) == 1;
  Containers containers = TRY(Containers::open(context));
  std::map<std::string, Usage> before;
  while (true) {
    const std::vector<Containers::Found> all = TRY(chosen(containers, line));
    std::vector<Row> rows;
    for (const Containers::Found& found : all) {
      const Result<Usage> usage = look(containers, found);
      if (!usage) {
        // One that ended meanwhile is no reason to stop showing the others.
        if (once && line.words().size() == 1) return usage.error();
        continue;
      }
      const auto last = before.find(found.record.id);
      rows.push_back({.record = &found.record,
                      .usage = *usage,
                      .cpu = recent_cpu(*usage, last == before.end() ? nullptr : &last->second)});
      before[found.record.id] = *usage;
    }
    TRY(print((clears ? "\x1b[2J\x1b[H" : "") + TRY(shown(rows, line))));
    if (once) return 0;
    constexpr int kPerMillisecond = 1000;
    (void)::poll(nullptr, 0, static_cast<int>(*interval_s * kPerMillisecond));
  }
}

}  // namespace

const Verb kStats = {.name = "stats",
                     .words = "[CONTAINER...]",
                     .help = "show what containers use",
                     .options = kOptions,
                     .run = run};

}  // namespace ocirt::frontend
