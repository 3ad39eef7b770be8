// The runtime's verbs, called by its command line.
#include "frontend/containers/runtime.h"

#include <unistd.h>

#include <cctype>
#include <nlohmann/json.hpp>
#include <optional>

#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::containers {

namespace {

std::optional<RuntimeState> parse_state(const nlohmann::json& json) {
  const auto status = json.find("status");
  const auto pid = json.find("pid");
  if (status == json.end() || !status->is_string()) return std::nullopt;
  return RuntimeState{.status = status->get<std::string>(),
                      .pid = pid != json.end() && pid->is_number() ? pid->get<pid_t>() : 0};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

std::vector<std::string> own_environment() {
  std::vector<std::string> all;
  for (char** each = ::environ; each != nullptr && *each != nullptr; ++each)
    all.emplace_back(*each);
  return all;
}

Error runtime_error(std::string_view text) {
  constexpr std::string_view kHint = "\n  hint: ";
  std::string hint;
  if (const size_t at = text.find(kHint); at != std::string_view::npos) {
    hint = text.substr(at + kHint.size());
    text = text.substr(0, at);
  }
  constexpr std::string_view kName = "ocirt: ";
  if (text.starts_with(kName)) text.remove_prefix(kName.size());
  while (!text.empty() && text.back() == '\n') text.remove_suffix(1);
  while (!hint.empty() && hint.back() == '\n') hint.pop_back();
  Error error = make_error(
      ErrorKind::System, text.empty() ? "the runtime failed and said nothing" : std::string(text));
  error.stage = kRuntimeStage;
  error.hint = hint;
  return error;
}

int status_of(const Error& error) {
  constexpr int kEngine = 125;
  constexpr int kNotInvoked = 126;
  constexpr int kNotFound = 127;
  if (error.stage != kRuntimeStage) return kEngine;
  std::string text = error.text;
  for (char& letter : text) letter = static_cast<char>(std::tolower(letter));
  const bool missing = contains(text, "not found") || contains(text, "no such file") ||
                       contains(text, "executable path is empty");
  const bool denied = contains(text, "permission denied") || contains(text, "not permitted");
  return missing && !denied ? kNotFound : kNotInvoked;
}

Result<Runtime::Call> Runtime::start(const std::vector<std::string>& words) const {
  sys::Program program{.path = programs_.runtime,
                       .args = {programs_.runtime, "--root", state_root_},
                       .env = own_environment()};
  program.args.insert(program.args.end(), words.begin(), words.end());
  Call call = {.output = TRY(sys::memory_file("output", "")),
               .errors = TRY(sys::memory_file("errors", "")),
               .child = {}};
  program.output_fd = call.output.get();
  program.error_fd = call.errors.get();
  call.child = TRY(sys::start_program(program));
  return call;
}

Result<std::string> Runtime::finish(Call call) const {
  const sys::ExitStatus status = TRY(call.child.wait());
  const int wanted = status == sys::ExitStatus{} ? call.output.get() : call.errors.get();
  constexpr size_t kMost = 64 << 20;
  if (::lseek(wanted, 0, SEEK_SET) < 0) return last_error("rewind a memory file");
  std::string text = TRY(sys::read_all(wanted, kMost));
  if (status == sys::ExitStatus{}) return text;
  return runtime_error(text);
}

Result<std::string> Runtime::output_of(const std::vector<std::string>& words) const {
  return finish(TRY(start(words)));
}

Result<> Runtime::call(const std::vector<std::string>& words) const {
  TRY(output_of(words));
  return {};
}

Result<RuntimeState> Runtime::state(const std::string& id) const {
  Result<std::string> text = output_of({"state", id});
  if (!text) {
    Error error = std::move(text).error();
    if (contains(error.text, "does not exist")) error.kind = ErrorKind::NotFound;
    return error;
  }
  const std::optional<RuntimeState> state =
      parse_state(nlohmann::json::parse(*text, nullptr, false));
  if (!state) return make_error(ErrorKind::System, "the runtime told no state that we understand");
  return *state;
}

Result<Runtime::Call> Runtime::start_list() const {
  return start({"list", "--format", "json"});
}

Result<std::map<std::string, RuntimeState>> Runtime::finish_list(Call call) const {
  const nlohmann::json json = nlohmann::json::parse(TRY(finish(std::move(call))), nullptr, false);
  std::map<std::string, RuntimeState> all;
  if (!json.is_array()) return all;  // "null": there are none
  for (const nlohmann::json& each : json) {
    const auto id = each.find("id");
    const std::optional<RuntimeState> state = parse_state(each);
    if (id != each.end() && id->is_string() && state) all.emplace(id->get<std::string>(), *state);
  }
  return all;
}

}  // namespace ocirt::containers
