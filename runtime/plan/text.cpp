// Small work on text that sections of the plan share: paths, numbers, the form of errors. Pure.
#include "runtime/plan/text.h"

#include <charconv>
#include <cstddef>

#include "base/json_writer.h"

namespace ocirt::plan {

namespace {

// Starts with "/", ends without one, and no name in it is empty, "." or "..": as most paths are.
bool is_clean(std::string_view path) {
  if (path.empty() || path.front() != '/' || path.back() == '/') return false;
  for (size_t slash = 0; slash != path.npos; slash = path.find('/', slash + 1)) {
    const std::string_view rest = path.substr(slash + 1);
    if (rest.starts_with('/')) return false;
    const std::string_view name = rest.substr(0, 3).substr(0, rest.find('/'));
    if (name == "." || name == "..") return false;
  }
  return true;
}

}  // namespace

ContainerPath clean_container_path(std::string_view path) {
  if (is_clean(path)) return {std::string(path)};
  std::vector<std::string_view> kept;
  for (std::string_view part : split(path, '/')) {
    if (part.empty() || part == ".") continue;
    if (part == "..") {
      if (!kept.empty()) kept.pop_back();
      continue;
    }
    kept.push_back(part);
  }
  ContainerPath clean;
  for (std::string_view part : kept) clean.text.append("/").append(part);
  if (clean.text.empty()) clean.text = "/";
  return clean;
}

HostPath absolute_host_path(const HostPath& base, std::string_view path) {
  if (path.starts_with('/')) return {std::string(path)};
  return {base.text + "/" + std::string(path)};
}

bool is_at_or_below(std::string_view path, std::string_view folder) {
  if (folder == "/") return true;
  if (!path.starts_with(folder)) return false;
  return path.size() == folder.size() || path[folder.size()] == '/';
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  size_t begin = 0;
  while (true) {
    const size_t end = text.find(separator, begin);
    parts.push_back(text.substr(begin, end - begin));
    if (end == std::string_view::npos) return parts;
    begin = end + 1;
  }
}

bool parse_number(std::string_view text, uint64_t& number) {
  const char* end = text.data() + text.size();
  const std::from_chars_result result = std::from_chars(text.data(), end, number);
  return !text.empty() && result.ec == std::errc{} && result.ptr == end;
}

std::string quoted(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

Error config_error(ErrorKind kind, std::string_view pointer, std::string_view problem,
                   std::string_view section) {
  std::string text;
  text.append(pointer).append(": ").append(problem);
  if (!section.empty()) text.append(" (").append(section).append(")");
  return make_error(kind, std::move(text));
}

std::string pointer_to(std::string_view array, size_t index) {
  return std::string(array) + "/" + std::to_string(index);
}

}  // namespace ocirt::plan
