// ocictl import: makes an image of one layer from a tarball.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include <array>
#include <memory>
#include <vector>

#include "frontend/archive/add_layer.h"
#include "frontend/archive/config_changes.h"
#include "frontend/archive/load_images.h"
#include "frontend/commands/context.h"
#include "frontend/commands/go_template.h"
#include "frontend/commands/local_name.h"
#include "frontend/commands/platform.h"
#include "frontend/commands/text.h"
#include "frontend/commands/verbs.h"
#include "frontend/images/pull.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr std::array<Option, 7> kOptions = {{
    {.name = "arch", .value_name = "ARCH", .help = "the image's architecture (this machine's)"},
    {.name = "change",
     .short_name = 'c',
     .value_name = "INSTRUCTION",
     .help = "a line of a Dockerfile, as 'CMD [\"sh\"]': CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, "
             "ONBUILD, STOPSIGNAL, USER, VOLUME, WORKDIR"},
    {.name = "message", .short_name = 'm', .value_name = "TEXT", .help = "for the image's history"},
    {.name = "os", .value_name = "OS", .help = "the image's operating system (linux)"},
    {.name = "platform", .value_name = "OS/ARCH[/VARIANT]", .help = "all three at once"},
    {.name = "quiet", .short_name = 'q', .value_name = "", .help = "no progress"},
    {.name = "variant", .value_name = "VARIANT", .help = "the architecture's variant, as v8"},
}};

constexpr long kFirstRedirect = 300;
constexpr long kFirstRefusal = 400;
constexpr long kOk = 200;

archive::ByteSource source_of(UniqueFd input) {
  const auto file = std::make_shared<UniqueFd>(std::move(input));
  return [file](std::span<char> buffer) -> Result<size_t> {
    while (true) {
      const ssize_t got = ::read(file->get(), buffer.data(), buffer.size());
      if (got >= 0) return static_cast<size_t>(got);
      if (errno != EINTR) return last_error("read the tarball");
    }
  };
}

/// A tarball on its way from a web server. Follows redirects.
class Download {
 public:
  Download(registry::Http& http, std::string url) : http_(http), url_(std::move(url)) {}

  Result<size_t> read(std::span<char> buffer) {
    while (piece_.empty()) {
      if (!exchange_) TRY(start());
      if (answer_) {
        if (TRY(has_ended())) return size_t{0};
        continue;
      }
      exchange_->resume();
      constexpr int kTick_ms = 1000;
      TRY(http_.wait({}, kTick_ms));
    }
    const size_t size = std::min(buffer.size(), piece_.size());
    std::copy_n(piece_.begin(), size, buffer.begin());
    piece_.erase(0, size);
    return size;
  }

 private:
  Result<> start() {
    answer_.reset();
    exchange_ = http_.start(
        {.url = url_},
        {.body =
             [this](long status, std::string_view bytes) {
               if (status != kOk) return true;  // a refusal's words
               if (!piece_.empty()) return false;
               piece_ = bytes;
               return true;
             },
         .done = [this](Result<registry::HttpResponse> answer) { answer_ = std::move(answer); }});
    return {};
  }

  // False: there is another place to look at.
  Result<bool> has_ended() {
    const registry::HttpResponse answer = TRY(std::move(*answer_));
    if (answer.status == kOk) return true;
    if (answer.status < kFirstRedirect || answer.status >= kFirstRefusal) {
      return make_error(ErrorKind::System, fmt::format("the server says {}", answer.status));
    }
    if (++redirects_ > registry::kMostRedirects) {
      return make_error(ErrorKind::System, "redirected without end");
    }
    const std::string next = registry::resolve_url(url_, answer.header("location"));
    if (next.empty() || (url_.starts_with("https:") && !next.starts_with("https:"))) {
      return make_error(ErrorKind::Denied,
                        fmt::format("redirected to \"{}\", which isn't encrypted", next));
    }
    url_ = next;
    exchange_.reset();
    return false;
  }

  registry::Http& http_;
  std::string url_;
  int redirects_ = 0;
  std::string piece_;
  std::unique_ptr<registry::Exchange> exchange_;
  std::optional<Result<registry::HttpResponse>> answer_;
};

Result<archive::ByteSource> open_tarball(Context& context, const std::string& path) {
  if (path.starts_with("http://") || path.starts_with("https://")) {
    const auto download = std::make_shared<Download>(context.http(), path);
    return archive::ByteSource(
        [download](std::span<char> buffer) { return download->read(buffer); });
  }
  if (path == "-") {
    if (::isatty(STDIN_FILENO) == 1) {
      return make_error(ErrorKind::InvalidConfig,
                        "cannot read from terminal, use command-line redirection");
    }
    return source_of(UniqueFd(::fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 0)));
  }
  return source_of(TRY(sys::open_at(AT_FDCWD, path.c_str(), O_RDONLY | O_NOCTTY)));
}

Result<std::string> make_config(const Line& line, const std::string& diff_id) {
  const registry::Platform platform = TRY(wanted_platform(line));
  const std::string now = print_time(::time(nullptr));
  Json inner = Json::object();
  TRY(archive::apply_changes(inner, line.values("change")));
  Json config = {{"created", now},
                 {"architecture", platform.architecture},
                 {"os", platform.os},
                 {"config", inner},
                 {"rootfs", {{"type", "layers"}, {"diff_ids", Json::array({diff_id})}}}};
  if (names_platform(line) && !platform.variant.empty()) config["variant"] = platform.variant;
  Json step = {{"created", now},
               {"created_by", fmt::format("/bin/sh -c #(nop) ADD file:{} in /",
                                          diff_id.substr(diff_id.find(':') + 1))}};
  if (line.has("message")) step["comment"] = line.value("message");
  config["history"] = Json::array({step});
  return config.dump();
}

Result<int> run(Context& context, const Line& line) {
  unpack::Helper* helper = TRY(context.helper());
  images::Progress progress(images::Progress::detect(line.flag("quiet")));
  (void)TRY(make_config(line, "sha256:"));  // what is wrong with the options is said at once
  archive::NewImage image{.manifest_type = std::string(registry::kOciManifest)};
  if (line.words().size() > 1) image.names.push_back(TRY(local_name(line.words()[1])));
  const archive::ByteSource source = TRY(open_tarball(context, line.words()[0]));
  Result<archive::AddedLayer> layer = archive::add_layer(context.store(), *helper, source);
  if (!layer) {
    layer.error().text = fmt::format("{}: {}", line.words()[0], layer.error().text);
    return std::move(layer).error();
  }
  // The image has the plain tar stream as its layer, whatever compressed it on the way.
  images::LayerRecord& record = layer->record;
  record.blob = record.diff_id;
  record.blob_size = record.tar_size;
  record.media_type = "application/vnd.oci.image.layer.v1.tar";
  image.layers = {record};
  image.config_text = TRY(make_config(line, record.diff_id));
  image.manifest_text = archive::make_manifest(image.config_text, image.layers, false);
  images::tell_what_was_left_out(layer->counts, helper->ids(), progress);
  TRY(print(fmt::format("sha256:{}\n", TRY(archive::put_image(context.store(), image)))));
  return 0;
}

}  // namespace

const Verb kImport = {.name = "import",
                      .words = "PATH|URL|- [NAME]",
                      .help = "make an image from a tarball of its files",
                      .options = kOptions,
                      .fewest_words = 1,
                      .most_words = 2,
                      .run = run};

}  // namespace ocirt::frontend
