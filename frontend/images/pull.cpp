// Pulls an image: its documents, then its layers side by side, then its record.
#include "frontend/images/pull.h"

#include <fmt/core.h>
#include <unistd.h>

#include <algorithm>
#include <thread>

namespace ocirt::images {

namespace {

// Each layer keeps two processors busy.
size_t layers_at_once() {
  constexpr size_t kFewest = 2;
  constexpr size_t kMost = 6;
  return std::clamp<size_t>(std::thread::hardware_concurrency(), kFewest, kMost);
}

using LayerPulls = std::vector<std::unique_ptr<LayerPull>>;

// Steps all layers until none can go on, and waits for what they wait for.
Result<> drive(registry::Http& http, LayerPulls& layers, Progress& progress) {
  constexpr int kTick_ms = 200;
  while (true) {
    size_t running = 0;
    size_t done = 0;
    std::vector<registry::Http::WaitFd> fds;
    int wait_ms = kTick_ms;
    for (const std::unique_ptr<LayerPull>& layer : layers) {
      if (!layer->is_begun() && running == layers_at_once()) continue;
      if (!layer->is_done()) TRY(layer->step());
      if (layer->is_done()) {
        ++done;
        continue;
      }
      ++running;
      if (const auto fd = layer->waits_for()) fds.push_back(*fd);
      if (const int wanted = layer->wait_ms(); wanted >= 0) wait_ms = std::min(wait_ms, wanted);
    }
    progress.tick();
    if (done == layers.size()) return {};
    TRY(http.wait(fds, wait_ms));
  }
}

// A layer may be in an image twice; it is pulled once.
Result<LayerPulls> plan_layers(const Store& store, unpack::Helper& helper, Sources& sources,
                               Progress& progress, const Documents& documents) {
  const std::vector<registry::Descriptor>& blobs = documents.manifest.layers;
  const std::vector<Digest>& diff_ids = documents.config.diff_ids;
  if (blobs.size() != diff_ids.size()) {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("the manifest has {} layers, but the config {}", blobs.size(),
                                  diff_ids.size()));
  }
  LayerPulls layers;
  for (size_t i = 0; i < blobs.size(); ++i) {
    const auto before =
        std::find(diff_ids.begin(), diff_ids.begin() + static_cast<ptrdiff_t>(i), diff_ids[i]);
    if (before != diff_ids.begin() + static_cast<ptrdiff_t>(i)) continue;
    layers.push_back(
        std::make_unique<LayerPull>(store, helper, sources, progress, blobs[i], diff_ids[i]));
    (void)layers.back()->use_existing();
  }
  return layers;
}

ImageRecord make_record(const Documents& documents, const LayerPulls& layers,
                        const registry::Reference& reference) {
  ImageRecord record;
  record.id = documents.manifest.config.digest.hex();
  record.manifest_digest = documents.manifest_digest;
  record.manifest_type = documents.manifest.media_type;
  record.created = documents.config.created;
  record.os = documents.config.platform.os;
  record.architecture = documents.config.platform.architecture;
  record.size = documents.manifest_text.size() + documents.config_text.size();
  for (const Digest& diff_id : documents.config.diff_ids) {
    for (const std::unique_ptr<LayerPull>& layer : layers) {
      if (layer->record().diff_id != diff_id.text()) continue;
      record.layers.push_back(layer->record());
      record.size += layer->record().tar_size;
    }
  }
  for (const std::string& digest : {documents.manifest_digest, documents.top_digest}) {
    const std::string name = reference.name() + '@' + digest;
    if (std::find(record.repo_digests.begin(), record.repo_digests.end(), name) ==
        record.repo_digests.end()) {
      record.repo_digests.push_back(name);
    }
  }
  return record;
}

unpack::TreeCounts sum_of(const LayerPulls& layers) {
  unpack::TreeCounts sum;
  for (const std::unique_ptr<LayerPull>& layer : layers) add_counts(sum, layer->counts());
  return sum;
}

}  // namespace

void add_counts(unpack::TreeCounts& sum, const unpack::TreeCounts& counts) {
  sum.devices_skipped += counts.devices_skipped;
  sum.owners_squashed += counts.owners_squashed;
  sum.largest_id = std::max(sum.largest_id, counts.largest_id);
}

void tell_what_was_left_out(const unpack::TreeCounts& sum, const unpack::StoreIds& ids,
                            Progress& progress) {
  if (sum.devices_skipped > 0) {
    progress.line(fmt::format("Left out {} device node{}: containers get their /dev when they run",
                              sum.devices_skipped, sum.devices_skipped == 1 ? "" : "s"));
  }
  if (ids.shared) return;  // its owner has chosen so
  if (ids.kind == unpack::StoreIds::Kind::Single && sum.largest_id > 0) {
    progress.line(
        fmt::format("The image uses ids up to {} but you have 1 ({}): all its files are "
                    "yours. For full ids: sudo usermod --add-subuids 165536-231071 "
                    "--add-subgids 165536-231071 USER",
                    sum.largest_id, ids.why_single));
  } else if (sum.owners_squashed > 0) {
    progress.line(
        fmt::format("The image uses ids up to {}, more than you have: {} files are root's "
                    "instead",
                    sum.largest_id, sum.owners_squashed));
  }
}

Result<std::string> pull(const Store& store, unpack::Helper& helper, const PullRequest& request,
                         Progress& progress) {
  Documents documents = TRY(fetch_manifest(request));
  const std::string id = documents.manifest.config.digest.hex();
  progress.line("Getting image source signatures");
  if (store.find_image(id)) {
    documents.config_text = TRY(store.read_document(id, "config"));
  } else {
    TRY(fetch_config(*request.sources, documents));
  }
  documents.config = TRY(registry::parse_image_config(documents.config_text));

  LayerPulls layers = TRY(plan_layers(store, helper, *request.sources, progress, documents));
  uint64_t missing = 0;
  size_t missing_layers = 0;
  for (const std::unique_ptr<LayerPull>& layer : layers) {
    missing += layer->missing_bytes();
    missing_layers += layer->is_done() ? 0 : 1;
  }
  TRY(check_space(store, missing, missing_layers));
  TRY(drive(request.sources->front()->http(), layers, progress));

  const int bar =
      progress.add("config", documents.manifest.config.digest.text(), documents.config_text.size());
  ImageRecord record = make_record(documents, layers, request.reference);
  keep_older_digests(store, record);
  TRY(store.add_image(record, documents.manifest_text, documents.config_text));
  progress.finish(bar, "done");
  progress.line("Writing manifest to image destination");
  if (!request.name.empty()) {
    TRY(store.set_name({.name = request.name, .image = id, .digest = documents.top_digest}));
  }
  // The renames themselves: what we say is there stays there.
  if (::fsync(store.images()) != 0 || ::fsync(store.names()) != 0) {
    return last_error("bring the image's name to the disk");
  }
  tell_what_was_left_out(sum_of(layers), helper.ids(), progress);
  return id;
}

}  // namespace ocirt::images
