// The bytes of a layer out of the store.
#include "frontend/images/layer_stream.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <isa-l/igzip_lib.h>
#include <unistd.h>

#include <cerrno>
#include <vector>

#include "sys/file.h"

namespace ocirt::images {

Result<LayerStream> LayerStream::open(const Store& store, unpack::Helper& helper,
                                      const LayerRecord& layer) {
  const std::string name = layer_directory(layer.diff_id);
  if (layer.replaced > 0) {
    return make_error(ErrorKind::Unsupported,
                      fmt::format("layer {}: its archive has {} entries twice, so it can't be "
                                  "written again",
                                  layer.diff_id, layer.replaced));
  }
  const UniqueFd tree = TRY(
      sys::open_at(store.layers(), (name + "/tree").c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW));
  const UniqueFd split =
      TRY(sys::open_at(store.layers(), (name + "/split").c_str(), O_RDONLY | O_NOFOLLOW));
  LayerStream stream;
  stream.diff_id_ = layer.diff_id;
  stream.hasher_ = Hasher(TRY(Digest::parse(layer.diff_id)).algorithm());
  stream.job_ = TRY(helper.write_tar(tree.get(), split.get()));
  return stream;
}

Result<size_t> LayerStream::read(std::span<char> buffer) {
  if (ended_) return size_t{0};
  ssize_t got = 0;
  do {
    got = ::read(job_.bytes.get(), buffer.data(), buffer.size());
  } while (got < 0 && errno == EINTR);
  if (got < 0) return last_error("read a layer");
  if (got > 0) {
    hasher_.update({buffer.data(), static_cast<size_t>(got)});
    bytes_ += static_cast<uint64_t>(got);
    return static_cast<size_t>(got);
  }
  ended_ = true;
  if (Result<> done = unpack::take_done(job_); !done) {
    done.error().text = fmt::format("layer {}: {}", diff_id_, done.error().text);
    return std::move(done).error();
  }
  const std::string digest = hasher_.finish().text();
  if (digest != diff_id_) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("layer {}: its files were changed", diff_id_));
  }
  return size_t{0};
}

struct GzipStream::Engine {
  isal_zstream stream{};
  std::vector<uint8_t> level_buffer = std::vector<uint8_t>(ISAL_DEF_LVL1_DEFAULT);
  std::vector<char> input = std::vector<char>(256 << 10);
};

GzipStream::GzipStream(LayerStream& source) : source_(source), engine_(std::make_unique<Engine>()) {
  isal_zstream& stream = engine_->stream;
  isal_deflate_init(&stream);
  stream.gzip_flag = IGZIP_GZIP;
  stream.level = 1;
  stream.level_buf = engine_->level_buffer.data();
  stream.level_buf_size = static_cast<uint32_t>(engine_->level_buffer.size());
}

GzipStream::~GzipStream() = default;

Result<size_t> GzipStream::read(std::span<char> buffer) {
  isal_zstream& stream = engine_->stream;
  stream.next_out = reinterpret_cast<uint8_t*>(buffer.data());
  stream.avail_out = static_cast<uint32_t>(buffer.size());
  while (stream.avail_out > 0 && stream.internal_state.state != ZSTATE_END) {
    if (stream.avail_in == 0 && stream.end_of_stream == 0) {
      const size_t got = TRY(source_.read(engine_->input));
      stream.next_in = reinterpret_cast<uint8_t*>(engine_->input.data());
      stream.avail_in = static_cast<uint32_t>(got);
      stream.end_of_stream = got == 0 ? 1 : 0;
    }
    if (isal_deflate(&stream) != COMP_OK) return make_error(ErrorKind::Bug, "compress a layer");
  }
  const size_t made = buffer.size() - stream.avail_out;
  hasher_.update({buffer.data(), made});
  size_ += made;
  return made;
}

Result<> verify_layer(const Store& store, unpack::Helper& helper, const LayerRecord& layer) {
  LayerStream stream = TRY(LayerStream::open(store, helper, layer));
  std::vector<char> buffer(256 << 10);
  while (TRY(stream.read(buffer)) > 0) {
  }
  return {};
}

}  // namespace ocirt::images
