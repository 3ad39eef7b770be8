// Golden files: a bundle's config and the facts of a host on one side, the plan on the other.
//
// A folder below tests/golden/ is a case:
//   config.json   a whole config as an engine wrote it; or
//   patch.json    what differs (a JSON merge patch, RFC 7396) from the config of `ocirt spec`
//   host.json     the host's facts; "like" names a file in hosts/ that it differs from
//   options.json  what the command line said, where it matters
//   plan.json     the plan, as `ocirt plan` prints it; or
//   error.txt     the error, and its hint on a line of its own
//
// OCIRT_UPDATE_GOLDEN=1 rewrites plans and errors instead of comparing them; read the diff.
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <nlohmann/json.hpp>
#include <set>
#include <string>
#include <vector>

#include "runtime/plan/decide.h"
#include "spec/load.h"
#include "spec/print.h"
#include "tests/golden/host_json.h"

namespace ocirt::golden {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;

const fs::path kCases = fs::path(OCIRT_SOURCE_DIR) / "tests/golden";

std::string read_text(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

json read_json(const fs::path& path) {
  return json::parse(read_text(path));
}

std::vector<std::string> find_cases() {
  std::set<std::string> names;
  for (const fs::directory_entry& entry : fs::directory_iterator(kCases)) {
    if (fs::exists(entry.path() / "host.json")) names.insert(entry.path().filename());
  }
  return {names.begin(), names.end()};
}

std::string config_of(const fs::path& folder) {
  if (fs::exists(folder / "config.json")) return read_text(folder / "config.json");
  json config = json::parse(spec::print_config(spec::default_config()));
  config.merge_patch(read_json(folder / "patch.json"));
  return config.dump();
}

plan::HostFacts host_of(const fs::path& folder) {
  json host = read_json(folder / "host.json");
  if (host.contains("like")) {
    json base = read_json(kCases / "hosts" / (host.at("like").get<std::string>() + ".json"));
    host.erase("like");
    base.merge_patch(host);
    host = base;
  }
  return read_host_facts(host);
}

plan::CreateOptions options_of(const fs::path& folder) {
  json asked = json::object();
  if (fs::exists(folder / "options.json")) asked = read_json(folder / "options.json");
  plan::CreateOptions options{.id = "web", .bundle = {"/bundle"}};
  options.detached = asked.value("detached", false);
  options.has_console_socket = asked.value("has_console_socket", false);
  options.no_pivot = asked.value("no_pivot", false);
  options.no_new_keyring = asked.value("no_new_keyring", false);
  options.preserved_fds = asked.value("preserved_fds", 0);
  options.cgroups_disabled = asked.value("cgroups_disabled", false);
  options.systemd_cgroup = asked.value("systemd_cgroup", false);
  return options;
}

struct Outcome {
  std::string file;  // that it belongs in
  std::string text;
};

Outcome describe(const Error& error) {
  std::string text = error.text + "\n";
  if (!error.hint.empty()) text += "hint: " + error.hint + "\n";
  return {.file = "error.txt", .text = std::move(text)};
}

/// What the program makes of the case.
Outcome run(const fs::path& folder) {
  const Result<spec::Config> config = spec::load_config(config_of(folder));
  if (!config) return describe(config.error());
  const Result<plan::CreatePlan> plan = plan::decide(*config, host_of(folder), options_of(folder));
  if (!plan) return describe(plan.error());
  return {.file = "plan.json", .text = plan::print_plan(*plan)};
}

class Golden : public testing::TestWithParam<std::string> {};

TEST_P(Golden, IsAsWritten) {
  const fs::path folder = kCases / GetParam();
  const Outcome outcome = run(folder);
  if (std::getenv("OCIRT_UPDATE_GOLDEN") != nullptr) {
    fs::remove(folder / "plan.json");
    fs::remove(folder / "error.txt");
    std::ofstream(folder / outcome.file) << outcome.text;
    return;
  }
  ASSERT_TRUE(fs::exists(folder / outcome.file)) << "there is no " << outcome.file << ", but:\n"
                                                 << outcome.text;
  EXPECT_EQ(outcome.text, read_text(folder / outcome.file));
}

INSTANTIATE_TEST_SUITE_P(Cases, Golden, testing::ValuesIn(find_cases()),
                         [](const testing::TestParamInfo<std::string>& info) {
                           std::string name = info.param;
                           std::replace(name.begin(), name.end(), '-', '_');
                           return name;
                         });

}  // namespace
}  // namespace ocirt::golden
