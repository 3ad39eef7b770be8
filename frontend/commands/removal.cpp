// What the verbs share that remove things.
#include "frontend/commands/removal.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>

#include "base/log.h"
#include "frontend/commands/context.h"

namespace ocirt::frontend {

Result<bool> is_agreed(std::string_view warning) {
  TRY(print(fmt::format("{}\nAre you sure you want to continue? [y/N] ", warning)));
  char answer = 'n';
  if (::read(STDIN_FILENO, &answer, 1) != 1) {
    return make_error(ErrorKind::BadState, "nobody has answered, so nothing is removed")
        .with_hint("--force doesn't ask");
  }
  return answer == 'y' || answer == 'Y';
}

int remove_each(const std::vector<std::string>& words, bool excuses_unknown,
                const std::function<Result<>(const std::string& word)>& remove) {
  constexpr int kInUse = 2;
  constexpr int kOther = 125;
  int status = 0;
  for (const std::string& word : words) {
    const Result<> removed = remove(word);
    if (removed) continue;
    const bool is_unknown = removed.error().kind == ErrorKind::NotFound;
    if (is_unknown && excuses_unknown) continue;
    log_error(removed.error());
    const bool is_in_use = removed.error().kind == ErrorKind::BadState;
    status = std::max(status, is_unknown ? kUnknownStatus : is_in_use ? kInUse : kOther);
  }
  return status;
}

}  // namespace ocirt::frontend
