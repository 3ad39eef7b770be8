// ocictl system share: an administrator pulls once, and all users of the machine run it.
#include <fmt/core.h>
#include <sys/stat.h>

#include "frontend/commands/context.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

// Others reach the store only by directories that let them through.
Result<> check_way_to(const std::string& root) {
  for (size_t slash = root.find('/', 1); slash != std::string::npos;
       slash = root.find('/', slash + 1)) {
    const std::string part = root.substr(0, slash);
    struct stat info {};
    if (::stat(part.c_str(), &info) != 0) return last_error(fmt::format("look at \"{}\"", part));
    if ((info.st_mode & S_IXOTH) != 0) continue;
    return make_error(ErrorKind::Denied,
                      fmt::format("others can't reach \"{}\": \"{}\" has mode {:04o}", root, part,
                                  info.st_mode & 07777))
        .with_hint("name another directory: ocictl --root DIR system share");
  }
  return {};
}

Result<int> run(Context& context, const Line&) {
  TRY(check_way_to(context.store().root()));
  TRY(context.share_store());
  TRY(print(fmt::format("{}\n", context.store().root())));
  return 0;
}

}  // namespace

const Verb kSystemShare = {.name = "system share",
                           .help = "let all users of this machine run images of this store",
                           .options = {},
                           .most_words = 0,
                           .run = run};

}  // namespace ocirt::frontend
