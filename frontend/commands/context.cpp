// What verbs share: the stores, the helper process, HTTP, and how to find an image.
#include "frontend/commands/context.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>

#include "frontend/containers/places.h"
#include "frontend/images/remove.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

constexpr size_t kFullId = 64;

bool is_hex(std::string_view text) {
  return !text.empty() && text.find_first_not_of("0123456789abcdef") == std::string_view::npos;
}

constexpr const char* kStoresFile = "/etc/ocirt/additional-stores";
constexpr mode_t kReadableToOthers = 022;

// The administrator's, one a line. One that can't be read keeps nobody from working.
std::vector<std::string> administrators_roots() {
  constexpr size_t kMostText = 1 << 20;
  std::vector<std::string> roots;
  const Result<std::string> text = sys::read_file(AT_FDCWD, kStoresFile, kMostText);
  std::string_view rest = text ? *text : std::string_view();
  while (!rest.empty()) {
    const std::string_view line = rest.substr(0, rest.find('\n'));
    rest.remove_prefix(std::min(rest.size(), line.size() + 1));
    if (line.starts_with('/')) roots.emplace_back(line);
  }
  return roots;
}

// Of --additional-store and OCICTL_ADDITIONAL_STORES, with colons between them.
std::vector<std::string> additional_roots(const Line& globals) {
  std::vector<std::string> roots = globals.values("additional-store");
  const char* set = std::getenv("OCICTL_ADDITIONAL_STORES");
  std::string_view rest = set == nullptr ? "" : set;
  while (!rest.empty()) {
    const size_t colon = rest.find(':');
    if (colon != 0) roots.emplace_back(rest.substr(0, colon));
    rest.remove_prefix(colon == std::string_view::npos ? rest.size() : colon + 1);
  }
  return roots;
}

Error about_store(const std::string& root, Error error) {
  error.text = fmt::format("additional store \"{}\": {}", root, error.text);
  if (error.errno_value != EACCES) return error;
  return std::move(error).with_hint(
      "its owner shares one by: ocictl --root DIR system share, and pulls into that");
}

}  // namespace

Result<> print(std::string_view text) {
  return sys::write_all(STDOUT_FILENO, text);
}

Result<std::string> absolute_path(const std::string& path) {
  if (path.starts_with('/')) return path;
  std::array<char, PATH_MAX> here{};
  if (::getcwd(here.data(), here.size()) == nullptr) {
    return last_error("find the working directory");
  }
  return std::string(here.data()) + '/' + path;
}

Result<Context> Context::make(const Line& globals) {
  Context context;
  const std::string root = TRY(
      absolute_path(globals.has("root") ? globals.value("root") : images::default_store_root()));
  context.stores_.push_back(TRY(images::Store::open(root)));
  for (const std::string& other : additional_roots(globals)) {
    Result<images::Store> store = images::Store::open_read_only(TRY(absolute_path(other)));
    if (!store) return about_store(other, std::move(store).error());
    context.stores_.push_back(std::move(*store));
  }
  for (const std::string& other : administrators_roots()) {
    Result<images::Store> store = images::Store::open_read_only(other);
    if (store && other != root) context.stores_.push_back(std::move(*store));
  }
  // Else a umask of 077 would hide from others what is put into a shared store.
  if (context.store().is_shared()) (void)::umask(kReadableToOthers);
  context.run_root_ = TRY(absolute_path(globals.has("runroot") ? globals.value("runroot")
                                                               : containers::default_run_root()));
  context.runtime_ = globals.value("runtime");
  // What a killed ocictl left behind goes with the next one that has a helper at hand.
  return context;
}

const images::Store& Context::store_of(const images::ImageRecord& image) const {
  for (const images::Store& each : stores_) {
    if (each.root() == image.store) return each;
  }
  return store();
}

Result<unpack::Helper*> Context::helper() {
  if (!helper_) {
    const unpack::StoreIds ids =
        store().is_shared() ? unpack::ids_of_shared_store() : TRY(unpack::find_store_ids());
    helper_ = std::make_unique<unpack::Helper>(TRY(unpack::Helper::start(ids, store().partial())));
    if (images::needs_sweep(store())) {
      TRY(images::sweep(store(), *helper_, images::kKeepPartial_s));
    }
  }
  return helper_.get();
}

registry::Http& Context::http() {
  if (!http_) http_ = std::make_unique<registry::Http>();
  return *http_;
}

std::vector<images::ImageRecord> Context::images() const {
  std::vector<images::ImageRecord> all;
  for (const images::Store& each : stores_) {
    for (images::ImageRecord& image : each.list_images()) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const images::ImageRecord& other) {
        return other.id == image.id;
      });
      if (!known) all.push_back(std::move(image));
    }
  }
  return all;
}

std::vector<images::NameRecord> Context::names() const {
  std::vector<images::NameRecord> all;
  for (const images::Store& each : stores_) {
    for (images::NameRecord& name : each.list_names()) {
      const bool known = std::any_of(all.begin(), all.end(), [&](const images::NameRecord& other) {
        return other.name == name.name;
      });
      if (!known) all.push_back(std::move(name));
    }
  }
  return all;
}

std::vector<std::string> local_candidates(const std::string& text) {
  if (!registry::is_short_name(text)) return {text};
  return {"localhost/" + text, "docker.io/" + text, "docker.io/library/" + text};
}

Result<Found> Context::find(const std::string& text) const {
  const std::vector<images::ImageRecord> all = images();
  const std::vector<images::NameRecord> known = names();
  const auto by_id = [&](const std::string& id) {
    return std::find_if(all.begin(), all.end(), [&](const auto& image) { return image.id == id; });
  };
  for (const std::string& candidate : local_candidates(text)) {
    const Result<registry::Reference> reference = registry::parse_reference(candidate);
    if (!reference) continue;
    if (reference->digest) {
      const std::string wanted = reference->name() + '@' + reference->digest->text();
      for (const images::ImageRecord& image : all) {
        const auto& digests = image.repo_digests;
        if (std::find(digests.begin(), digests.end(), wanted) != digests.end()) {
          return Found{.image = image, .name = std::nullopt};
        }
      }
      continue;
    }
    for (const images::NameRecord& name : known) {
      if (name.name != reference->text()) continue;
      if (const auto image = by_id(name.image); image != all.end()) {
        return Found{.image = *image, .name = name};
      }
    }
  }
  // A short name is also the end of a longer one, as podman has it.
  if (registry::is_short_name(text)) {
    const size_t colon = text.rfind(':');
    const std::string tail = '/' + text + (colon == std::string::npos ? ":latest" : "");
    for (const images::NameRecord& name : known) {
      if (!name.name.ends_with(tail)) continue;
      if (const auto image = by_id(name.image); image != all.end()) {
        return Found{.image = *image, .name = name};
      }
    }
  }
  const std::string id = text.starts_with("sha256:") ? text.substr(7) : text;
  if (is_hex(id) && id.size() <= kFullId) {
    const images::ImageRecord* match = nullptr;
    for (const images::ImageRecord& image : all) {
      if (!image.id.starts_with(id)) continue;
      if (match != nullptr) {
        return make_error(ErrorKind::InvalidConfig,
                          fmt::format("{}: more than one image has an id that begins so", text));
      }
      match = &image;
    }
    if (match != nullptr) return Found{.image = *match, .name = std::nullopt};
  }
  return make_error(ErrorKind::NotFound, fmt::format("{}: image not known", text));
}

}  // namespace ocirt::frontend
