// Words for findings. Used by the parser and the checks of this layer.
#include "spec/findings.h"

#include "base/json_writer.h"
#include "spec/parse.h"

namespace ocirt::spec {

std::string quoted(std::string_view text) {
  constexpr size_t kShown = 80;  // bytes
  std::string out;
  append_json_string(out, text.substr(0, kShown));
  if (text.size() > kShown) out += "...";
  return out;
}

void append_step(std::string& pointer, std::string_view key) {
  pointer += '/';
  for (const char byte : key) {
    if (byte == '~') {
      pointer += "~0";
    } else if (byte == '/') {
      pointer += "~1";
    } else {
      pointer += byte;
    }
  }
}

void append_step(std::string& pointer, size_t index) {
  pointer += '/';
  pointer += std::to_string(index);
}

Error findings_error(const std::vector<Finding>& findings) {
  std::string text;
  for (const Finding& finding : findings) {
    if (!text.empty()) text += '\n';
    // A pointer holds keys of the document, which may hold anything.
    std::string pointer;
    append_json_string(pointer, finding.pointer);
    text.append(pointer, 1, pointer.size() - 2);
    text += finding.pointer.empty() ? "" : ": ";
    text += finding.problem;
    if (!finding.section.empty()) text += " (" + finding.section + ")";
  }
  return make_error(ErrorKind::InvalidConfig, std::move(text));
}

}  // namespace ocirt::spec
