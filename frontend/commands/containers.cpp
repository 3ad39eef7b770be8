// What the verbs of containers share.
#include "frontend/commands/containers.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "base/log.h"
#include "frontend/containers/cleanup.h"
#include "frontend/containers/load_settings.h"
#include "sys/file.h"

namespace ocirt::frontend {

Result<Containers> Containers::open(const Context& context) {
  Containers all;
  const containers::Roots roots{.store = context.store().root(), .run = context.run_root()};
  all.store_ = std::make_unique<containers::Store>(TRY(containers::Store::open(roots)));
  all.settings_ = std::make_unique<bundle::Settings>(TRY(containers::load_settings()));
  all.runtime_ = std::make_unique<containers::Runtime>(
      TRY(containers::find_programs(context.runtime())), roots);
  return all;
}

Result<containers::Engine> Containers::engine(const model::Record& record) {
  const std::string& wanted = record.request.runtime;
  if (wanted.empty() || wanted == runtime_->programs().runtime) {
    return containers::Engine{*store_, *runtime_, *settings_};
  }
  for (const auto& [name, runtime] : others_) {
    if (name == wanted) return containers::Engine{*store_, *runtime, *settings_};
  }
  auto made = std::make_unique<containers::Runtime>(TRY(containers::find_programs(wanted)),
                                                    store_->roots());
  others_.emplace_back(wanted, std::move(made));
  return containers::Engine{*store_, *others_.back().second, *settings_};
}

Result<containers::Status> Containers::status(const model::Record& record) {
  const containers::Engine engine = TRY(this->engine(record));
  return containers::find_status(engine.store, engine.runtime, record);
}

Result<Containers::Found> Containers::find(const std::string& text) {
  Found found{.record = TRY(store_->find(text)), .status = {}};
  found.status = TRY(status(found.record));
  if (!containers::heal(TRY(engine(found.record)), found.record, found.status)) {
    return store_->find(found.record.id).error();  // it is gone now
  }
  return found;
}

Result<std::vector<Containers::Found>> Containers::all() {
  store_->sweep();
  std::vector<Found> found;
  containers::Runtime::Call asked_all = TRY(runtime_->start_list());
  std::vector<model::Record> records = store_->list();
  const std::map<std::string, containers::RuntimeState> known =
      TRY(runtime_->finish_list(std::move(asked_all)));
  // Records are large: they are sorted where they lie.
  std::vector<model::Record*> oldest_first;
  oldest_first.reserve(records.size());
  for (model::Record& record : records) oldest_first.push_back(&record);
  std::sort(oldest_first.begin(), oldest_first.end(),
            [](const model::Record* left, const model::Record* right) {
              return left->created_ns < right->created_ns;
            });
  found.reserve(records.size());
  for (model::Record* each : oldest_first) {
    model::Record& record = *each;
    containers::Status status = containers::status_from(*store_, known, record);
    if (!record.request.runtime.empty()) {
      Result<containers::Status> asked = this->status(record);
      if (asked) status = std::move(*asked);
    }
    const Result<containers::Engine> engine = this->engine(record);
    if (engine && !containers::heal(*engine, record, status)) continue;
    found.push_back({.record = std::move(record), .status = std::move(status)});
  }
  return found;
}

Result<std::vector<std::string>> chosen_containers(
    Containers& containers, const Line& line, bool (*wanted)(const containers::Status& status)) {
  std::vector<std::string> words = line.words();
  for (const std::string& file : line.values("cidfile")) {
    constexpr size_t kMost = 4096;
    std::string id = TRY(sys::read_file(AT_FDCWD, file.c_str(), kMost));
    while (!id.empty() && id.back() == '\n') id.pop_back();
    words.push_back(std::move(id));
  }
  const bool all = line.flag("all");
  if (!all && !line.flag("latest")) {
    if (!words.empty()) return words;
    return make_error(ErrorKind::InvalidConfig, "you must provide at least one name or id");
  }
  if (!words.empty()) {
    return make_error(ErrorKind::InvalidConfig, "--all and --latest take no names or ids");
  }
  std::vector<Containers::Found> found = TRY(containers.all());
  if (!all && !found.empty()) return std::vector<std::string>{found.back().record.id};
  for (const Containers::Found& each : found) {
    if (wanted == nullptr || wanted(each.status)) words.push_back(each.record.id);
  }
  return words;
}

int for_each_container(const std::vector<std::string>& words,
                       const std::function<Result<>(const std::string& word)>& act, bool prints) {
  constexpr int kFailed = 125;
  int status = 0;
  for (const std::string& word : words) {
    Result<> done = act(word);
    if (done && prints) done = print(word + '\n');
    if (done) continue;
    log_error(done.error());
    status = kFailed;
  }
  return status;
}

Result<std::vector<std::string>> words_after_latest(Containers& containers, const Line& line) {
  std::vector<std::string> words = line.words();
  if (!line.flag("latest")) return words;
  const std::vector<Containers::Found> all = TRY(containers.all());
  if (all.empty()) return make_error(ErrorKind::NotFound, "there is no container");
  words.insert(words.begin(), all.back().record.id);
  return words;
}

}  // namespace ocirt::frontend
