// ocictl save: writes images into an archive.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "frontend/archive/save_images.h"
#include "frontend/commands/context.h"
#include "frontend/commands/local_name.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/verbs.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 8> kOptions = {{
    {.name = "all-platforms",
     .value_name = "",
     .help = "the image for all platforms that were pulled, in one index (oci-archive, oci-dir)"},
    {.name = "compress", .value_name = "", .help = "gzip the layers of a docker-dir"},
    {.name = "format",
     .value_name = "FORMAT",
     .help = "docker-archive, oci-archive, docker-dir or oci-dir (docker-archive)"},
    {.name = "multi-image-archive",
     .short_name = 'm',
     .value_name = "",
     .help = "all words are images, not more names of the first"},
    {.name = "output",
     .short_name = 'o',
     .value_name = "PATH",
     .help = "the file or directory (default: stdout)"},
    {.name = "platform",
     .value_name = "OS/ARCH[/VARIANT]",
     .help = "the image for this platform, if it was pulled"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "no progress"},
    {.name = "uncompressed", .value_name = "", .help = "don't gzip the layers of the OCI formats"},
}};

bool is_directory(archive::Format format) {
  return format == archive::Format::DockerDirectory || format == archive::Format::OciDirectory;
}

bool is_oci(archive::Format format) {
  return format == archive::Format::OciArchive || format == archive::Format::OciDirectory;
}

Result<archive::SaveOptions> options_of(const Line& line) {
  archive::SaveOptions options;
  if (line.has("format")) options.format = TRY(archive::parse_format(line.value("format")));
  if (line.flag("compress") && options.format != archive::Format::DockerDirectory) {
    return make_error(ErrorKind::InvalidConfig, "--compress is for --format docker-dir alone");
  }
  if (line.flag("uncompressed") && !is_oci(options.format)) {
    return make_error(ErrorKind::InvalidConfig,
                      "--uncompressed is for the formats oci-archive and oci-dir");
  }
  if (line.flag("all-platforms") && !is_oci(options.format)) {
    return make_error(ErrorKind::InvalidConfig,
                      "--all-platforms is for the formats oci-archive and oci-dir");
  }
  if (line.flag("all-platforms") && line.has("platform")) {
    return make_error(ErrorKind::InvalidConfig, "--all-platforms and --platform contradict");
  }
  options.compress = is_oci(options.format) ? !line.flag("uncompressed") : line.flag("compress");
  return options;
}

Result<archive::SavedImage> find_image(const Context& context, const Line& line,
                                       const std::string& text) {
  const Found found = TRY(find_for_platform(context, line, text));
  archive::SavedImage saved;
  if (found.name) saved.names.push_back(found.name->name);
  std::vector<images::ImageRecord> all = {found.image};
  if (line.flag("all-platforms")) all = all_platforms_of(context, found);
  for (const images::ImageRecord& image : all) {
    saved.platforms.push_back({.store = &context.store_of(image),
                               .image = image,
                               .platform = TRY(platform_of(context, image))});
  }
  return saved;
}

// With -m each word is an image; the same image under several names is one with these names.
Result<std::vector<archive::SavedImage>> find_images(const Context& context, const Line& line) {
  std::vector<archive::SavedImage> images;
  for (const std::string& word : line.words()) {
    if (!images.empty() && !line.flag("multi-image-archive")) {
      images.front().names.push_back(TRY(local_name(word)));
      continue;
    }
    archive::SavedImage image = TRY(find_image(context, line, word));
    const auto same = std::find_if(images.begin(), images.end(), [&](const auto& other) {
      return other.platforms.front().image.id == image.platforms.front().image.id;
    });
    if (same == images.end()) {
      images.push_back(std::move(image));
    } else {
      same->names.insert(same->names.end(), image.names.begin(), image.names.end());
    }
  }
  return images;
}

Result<archive::ArchiveWriter> open_output(const Context& context, const Line& line,
                                           archive::Format format) {
  const std::string path = line.value("output");
  if (is_directory(format)) {
    if (path.empty()) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--format {} needs --output", line.value("format")));
    }
    return archive::ArchiveWriter::to_directory(path);
  }
  const int scratch = context.store().partial();
  if (!path.empty() && path != "-") return archive::ArchiveWriter::to_file(path, scratch);
  if (::isatty(STDOUT_FILENO) == 1) {
    return make_error(ErrorKind::InvalidConfig,
                      "refusing to save to terminal. Use -o flag or redirect");
  }
  return archive::ArchiveWriter::to_fd(UniqueFd(::fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 0)),
                                       scratch);
}

Result<int> run(Context& context, const Line& line) {
  const archive::SaveOptions options = TRY(options_of(line));
  const std::vector<archive::SavedImage> images = TRY(find_images(context, line));
  unpack::Helper* helper = TRY(context.helper());
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  archive::ArchiveWriter writer = TRY(open_output(context, line, options.format));
  TRY(archive::save_images(*helper, writer, options, images, progress));
  return 0;
}

}  // namespace

const Verb kSave = {.name = "save",
                    .words = "IMAGE [NAME...]",
                    .help = "save images to an archive",
                    .options = kOptions,
                    .fewest_words = 1,
                    .run = run};

}  // namespace ocirt::frontend
