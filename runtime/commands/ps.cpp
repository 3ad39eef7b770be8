// ocirt ps: the processes of a container, by their pids on the host.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "runtime/commands/output.h"
#include "runtime/commands/verb.h"
#include "runtime/stages/members.h"
#include "runtime/stages/status.h"
#include "runtime/store/container_dir.h"
#include "sys/program.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "table or json"},
}};

std::string json_array(const std::vector<pid_t>& pids) {
  JsonWriter json;
  json.begin_array();
  for (const pid_t pid : pids) json.value(pid);
  json.end_array();
  return std::move(json).take() + "\n";
}

std::vector<std::string_view> words_of(std::string_view line) {
  std::vector<std::string_view> words;
  while (true) {
    const size_t start = line.find_first_not_of(" \t");
    if (start == std::string_view::npos) return words;
    line.remove_prefix(start);
    const size_t end = std::min(line.find_first_of(" \t"), line.size());
    words.push_back(line.substr(0, end));
    line.remove_prefix(end);
  }
}

// Keeps of ps(1)'s output its header and the lines of our pids.
Result<std::string> filter(std::string_view output, const std::set<pid_t>& pids) {
  std::string kept;
  size_t pid_column = 0;
  while (!output.empty()) {
    const std::string_view line = output.substr(0, output.find('\n'));
    output.remove_prefix(std::min(line.size() + 1, output.size()));
    const std::vector<std::string_view> words = words_of(line);
    if (kept.empty()) {
      const auto found = std::find(words.begin(), words.end(), "PID");
      if (found == words.end()) {
        return make_error(ErrorKind::InvalidConfig, "ps prints no PID column with these options");
      }
      pid_column = static_cast<size_t>(found - words.begin());
      kept += std::string(line) + "\n";
      continue;
    }
    pid_t pid = 0;
    if (words.size() <= pid_column) continue;
    std::from_chars(words[pid_column].data(), words[pid_column].data() + words[pid_column].size(),
                    pid);
    if (pids.contains(pid)) kept += std::string(line) + "\n";
  }
  return kept;
}

Result<std::string> table(const std::vector<pid_t>& pids, std::vector<std::string> arguments) {
  if (arguments.empty()) arguments = {"-ef"};
  arguments.insert(arguments.begin(), "ps");
  // The host's ps, never the image's (CVE-2022-1227).
  const sys::Program program{.path = "/bin/ps", .args = std::move(arguments), .env = {"LC_ALL=C"}};
  const std::string output = TRY(sys::capture_program(program));
  return filter(output, std::set<pid_t>(pids.begin(), pids.end()));
}

Result<int> ps(const Globals& globals, const ParsedLine& line) {
  const store::Found found = TRY(store::find(globals.root, line.words[0]));
  const std::string format = line.value("format", "table");
  const std::vector<pid_t> pids =
      TRY(stages::container_pids(found.state, TRY(stages::look(found))));
  if (format == "json") {
    TRY(print(json_array(pids)));
    return 0;
  }
  if (format != "table") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--format is table or json, not \"{}\"", format));
  }
  TRY(print(TRY(table(pids, {line.words.begin() + 1, line.words.end()}))));
  return 0;
}

}  // namespace

const Verb kPs = {.name = "ps",
                  .words = "ID [PS OPTION ...]",
                  .help = "list the processes of a container",
                  .options = kOptions,
                  .fewest_words = 1,
                  .most_words = -1,
                  .words_until_command = 1,
                  .run = ps};

}  // namespace ocirt::commands
