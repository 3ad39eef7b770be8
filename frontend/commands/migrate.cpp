// ocictl system migrate: podman's cure for what can't happen here.
#include <cstdio>

#include "frontend/commands/context.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

// Guides tell their readers to type it when ids don't fit: nothing keeps old ones, so there is
// nothing to do.
Result<int> run(Context&, const Line&) {
  std::fputs(
      "nothing to migrate: each start of a container reads /etc/subuid and /etc/subgid anew\n",
      stderr);
  return 0;
}

}  // namespace

const Verb kSystemMigrate = {.name = "system migrate",
                             .help = "nothing: there is nothing to migrate",
                             .options = {},
                             .most_words = 0,
                             .run = run};

}  // namespace ocirt::frontend
