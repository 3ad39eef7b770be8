// ocirt spec: writes a config.json to start from.
#include "spec/print.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "runtime/commands/create_request.h"
#include "runtime/commands/paths.h"
#include "runtime/commands/verb.h"
#include "sys/file.h"

namespace ocirt::commands {

namespace {

constexpr std::array<Option, 2> kOptions = {{
    kBundleOption,
    {.name = "rootless", .help = "for a user without privileges"},
}};

Result<int> write_spec(const Globals&, const ParsedLine& line) {
  const HostPath bundle = TRY(bundle_path(line.value("bundle")));
  spec::Config config = spec::default_config();
  if (line.flag("rootless")) spec::make_rootless(config, ::geteuid(), ::getegid());
  const UniqueFd directory = TRY(sys::open_at(AT_FDCWD, bundle.text.c_str(), O_PATH | O_DIRECTORY));
  Result<UniqueFd> file =
      sys::open_at(directory.get(), "config.json", O_WRONLY | O_CREAT | O_EXCL, 0644);
  if (!file) {
    if (file.error().kind != ErrorKind::AlreadyExists) return std::move(file).error();
    return make_error(ErrorKind::AlreadyExists,
                      fmt::format("\"{}/config.json\" is there already", bundle.text))
        .with_hint("remove it first");
  }
  TRY(sys::write_all(file->get(), spec::print_config(config)));
  return 0;
}

}  // namespace

const Verb kSpec = {.name = "spec",
                    .words = "",
                    .help = "write a config.json to start from",
                    .options = kOptions,
                    .fewest_words = 0,
                    .most_words = 0,
                    .run = write_spec};

}  // namespace ocirt::commands
