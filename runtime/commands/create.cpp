// ocirt create: everything up to the start gate.
#include "runtime/stages/create.h"
#include "runtime/commands/create_request.h"

namespace ocirt::commands {

namespace {

Result<int> create(const Globals& globals, const ParsedLine& line) {
  const stages::CreateRequest request = TRY(create_request(globals, line, /*detached=*/true));
  TRY(stages::create(request, stages::Gate::ForStart));
  return 0;
}

}  // namespace

const Verb kCreate = {.name = "create",
                      .words = "ID",
                      .help = "make a container that waits for start",
                      .options = kCreateOptions,
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = create};

}  // namespace ocirt::commands
