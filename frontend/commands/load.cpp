// ocictl load: brings the images of an archive into the store.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>

#include "frontend/archive/load_images.h"
#include "frontend/commands/context.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 4> kOptions = {{
    {.name = "input",
     .short_name = 'i',
     .value_name = "PATH",
     .help = "an archive or a directory (default: stdin)"},
    {.name = "platform",
     .value_name = "OS/ARCH[/VARIANT]",
     .help = "of an image that is there for several platforms"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "no progress"},
    {.name = "signature-policy", .value_name = "FILE", .help = "accepted and ignored"},
}};

Result<archive::ArchiveFiles> open_archive(const Context& context, const Line& line) {
  const int scratch = context.store().partial();
  const std::string path = line.value("input");
  if (!path.empty() && path != "-") return archive::ArchiveFiles::open(path, scratch);
  if (::isatty(STDIN_FILENO) == 1) {
    return make_error(
        ErrorKind::InvalidConfig,
        "cannot read from terminal, use command-line redirection or the --input flag");
  }
  return archive::ArchiveFiles::open_fd(UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)),
                                        scratch);
}

// Errors of opening name the file already.
Error about_input(const Line& line, Error error) {
  if (line.has("input") && error.text.find(line.value("input")) == std::string::npos) {
    error.text = fmt::format("{}: {}", line.value("input"), error.text);
  }
  return error;
}

Result<int> run(Context& context, const Line& line) {
  const registry::Platform platform = TRY(wanted_platform(line));
  unpack::Helper* helper = TRY(context.helper());
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  const Result<archive::ArchiveFiles> files = open_archive(context, line);
  if (!files) return about_input(line, files.error());
  const Result<std::vector<archive::ArchivedImage>> images = archive::read_images(*files, platform);
  if (!images) return about_input(line, images.error());
  for (const archive::ArchivedImage& image : *images) {
    const std::string id =
        TRY(archive::load_image(context.store(), *helper, *files, image, progress));
    for (const std::string& name : image.names) TRY(print(fmt::format("Loaded image: {}\n", name)));
    if (image.names.empty()) TRY(print(fmt::format("Loaded image: sha256:{}\n", id)));
  }
  return 0;
}

}  // namespace

const Verb kLoad = {.name = "load",
                    .help = "load images from an archive",
                    .options = kOptions,
                    .most_words = 0,
                    .run = run};

}  // namespace ocirt::frontend
