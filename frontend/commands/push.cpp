// ocictl push: brings an image into a registry.
#include <fcntl.h>
#include <fmt/core.h>

#include <array>

#include "frontend/commands/context.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/transport.h"
#include "frontend/commands/verbs.h"
#include "frontend/images/push.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 8> kOptions = {{
    {.name = "authfile", .value_name = "FILE", .help = "where credentials are kept"},
    {.name = "cert-dir", .value_name = "DIR", .help = "certificates for the registry"},
    {.name = "creds", .value_name = "USER[:PASSWORD]", .help = "credentials for the registry"},
    {.name = "digestfile", .value_name = "FILE", .help = "write the manifest's digest to it"},
    {.name = "disable-content-trust", .value_name = "", .help = "accepted and ignored"},
    {.name = "platform", .value_name = "OS/ARCH[/VARIANT]", .help = "the image for this platform"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "print nothing"},
    {.name = "tls-verify", .value_name = "", .help = "=false: any certificate, or plain HTTP"},
}};

Result<int> run(Context& context, const Line& line) {
  unpack::Helper* helper = TRY(context.helper());  // before credentials are read
  const std::string& source = line.words()[0];
  const Found found = TRY(find_for_platform(context, line, source));
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  const std::string to = line.words().size() > 1 ? line.words()[1]
                         : found.name            ? found.name->name
                                                 : source;
  const registry::Reference reference = TRY(resolve_name(to, progress)).front();
  const images::Sources targets =
      TRY(open_sources(context, line, reference, "pull,push", progress));
  const std::string digest = TRY(images::push(context.store_of(found.image), *helper, found.image,
                                              *targets.back(), reference, progress));
  if (line.has("digestfile")) {
    const UniqueFd file = TRY(sys::open_at(AT_FDCWD, line.value("digestfile").c_str(),
                                           O_WRONLY | O_CREAT | O_TRUNC, 0644));
    TRY(sys::write_all(file.get(), digest));
  }
  return 0;
}

}  // namespace

const Verb kPush = {.name = "push",
                    .words = "IMAGE [DESTINATION]",
                    .help = "push an image to a registry",
                    .options = kOptions,
                    .fewest_words = 1,
                    .most_words = 2,
                    .run = run};

}  // namespace ocirt::frontend
