// ocirt doctor: what this host can and can't do, and the cure.
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <string>
#include <string_view>
#include <vector>

#include "base/json_writer.h"
#include "runtime/commands/output.h"
#include "runtime/commands/verb.h"
#include "runtime/commands/version.h"
#include "runtime/plan/diagnose.h"
#include "runtime/stages/probe.h"
#include "runtime/stages/probe_doctor.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 1> kOptions = {{
    {.name = "format", .short_name = 'f', .value_name = "FORMAT", .help = "table or json"},
}};

constexpr std::string_view kSentences[] = {"No container can run here.",
                                           "A container can run here."};

std::string_view name_of(plan::Verdict verdict) {
  switch (verdict) {
    case plan::Verdict::Yes:
      return "yes";
    case plan::Verdict::Partly:
      return "partly";
    case plan::Verdict::No:
      return "no";
  }
  return "no";
}

std::string table(const std::vector<plan::Finding>& findings) {
  constexpr int kVerdictWidth = 6;
  constexpr int kTopicWidth = 10;
  std::string text;
  for (const plan::Finding& finding : findings) {
    text += fmt::format("{:>{}}  {:<{}}  {}\n", name_of(finding.verdict), kVerdictWidth,
                        finding.topic, kTopicWidth, finding.text);
    if (finding.cure.empty()) continue;
    text += fmt::format("{:{}}  cure: {}\n", "", kVerdictWidth + 2 + kTopicWidth, finding.cure);
  }
  return text + fmt::format("\n{}\n", kSentences[plan::can_run(findings) ? 1 : 0]);
}

std::string json(const std::vector<plan::Finding>& findings) {
  JsonWriter json("  ");
  json.begin_object();
  json.member("canRun", plan::can_run(findings));
  json.key("findings");
  json.begin_array();
  for (const plan::Finding& finding : findings) {
    json.begin_object();
    json.member("topic", finding.topic);
    json.member("verdict", name_of(finding.verdict));
    json.member("essential", finding.essential);
    json.member("text", finding.text);
    if (!finding.cure.empty()) json.member("cure", finding.cure);
    json.end_object();
  }
  json.end_array();
  json.end_object();
  return std::move(json).take() + "\n";
}

Result<int> doctor(const Globals& globals, const ParsedLine& line) {
  const std::string format = line.value("format", "table");
  if (format != "table" && format != "json") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--format is table or json, not \"{}\"", format));
  }
  const plan::HostFacts host = TRY(stages::probe_host());
  const std::vector<plan::Finding> findings =
      plan::diagnose(host, stages::probe_for_doctor(host, globals.root));
  TRY(print(format == "json" ? json(findings) : table(findings)));
  return plan::can_run(findings) ? 0 : 1;
}

}  // namespace

const Verb kDoctor = {.name = "doctor",
                      .words = "",
                      .help = "tell what this host can and can't do, and the cure",
                      .options = kOptions,
                      .fewest_words = 0,
                      .most_words = 0,
                      .run = doctor};

}  // namespace ocirt::commands
