// Go's templates over JSON: actions, if, range, with. Expressions are go_expression.cpp's.
#include "frontend/commands/go_template.h"

#include <fmt/core.h>

#include "frontend/commands/go_expression.h"
#include "frontend/commands/text.h"

namespace ocirt::frontend {

namespace {

/// One pass over the text, which renders as it reads: templates are a line long.
class Renderer {
 public:
  Renderer(std::string_view text, const Json& root) : text_(text), root_(root) {}

  Result<std::string> run() {
    std::string out;
    const std::string end = TRY(block(root_, true, out));
    if (!end.empty()) return invalid(fmt::format("unexpected {{{{{}}}}}", end));
    return out;
  }

 private:
  static Error invalid(std::string what) {
    return make_error(ErrorKind::InvalidConfig, "template: " + std::move(what));
  }

  // The inside of the next {{ }}, with the text before it appended to `out`. False at the end.
  Result<bool> next_action(bool live, std::string& out, std::string& action) {
    const size_t open = text_.find("{{", at_);
    std::string_view before = text_.substr(at_, open - at_);
    if (trim_next_) before.remove_prefix(std::min(before.find_first_not_of(kSpace), before.size()));
    trim_next_ = false;
    if (open == std::string_view::npos) {
      if (live) out += before;
      at_ = text_.size();
      return false;
    }
    const size_t close = text_.find("}}", open);
    if (close == std::string_view::npos) return invalid("an action is not closed");
    std::string_view inside = text_.substr(open + 2, close - open - 2);
    if (inside.starts_with("- ")) {
      before = before.substr(0, before.find_last_not_of(kSpace) + 1);
      inside.remove_prefix(2);
    }
    if (inside.ends_with(" -")) {
      trim_next_ = true;
      inside.remove_suffix(2);
    }
    if (live) out += before;
    at_ = close + 2;
    while (!inside.empty() && inside.front() == ' ') inside.remove_prefix(1);
    while (!inside.empty() && inside.back() == ' ') inside.remove_suffix(1);
    action = inside;
    return true;
  }

  // Renders up to the {{end}} or {{else}} that belongs to us, and returns it.
  Result<std::string> block(const Json& dot, bool live, std::string& out) {
    std::string action;
    while (TRY(next_action(live, out, action))) {
      if (action == "end" || action == "else" || action.starts_with("else ")) return action;
      if (action.starts_with("/*")) continue;
      if (action.starts_with("if ")) {
        TRY(branch(dot, action.substr(3), dot, live, out, false));
      } else if (action.starts_with("with ")) {
        TRY(branch(dot, action.substr(5), dot, live, out, true));
      } else if (action.starts_with("range ")) {
        TRY(range(dot, action.substr(6), live, out));
      } else if (live) {
        out += go_text(TRY(evaluate(action, dot, root_)));
      }
    }
    return std::string();
  }

  Result<> branch(const Json& outer, const std::string& condition, const Json& dot, bool live,
                  std::string& out, bool sets_dot) {
    const Json value = live ? TRY(evaluate(condition, outer, root_)) : Json();
    const bool holds = live && is_true(value);
    std::string end = TRY(block(sets_dot && holds ? value : dot, holds, out));
    if (end.starts_with("else if "))
      return branch(outer, end.substr(8), dot, live && !holds, out, false);
    if (end == "else") end = TRY(block(dot, live && !holds, out));
    return end == "end" ? Result<>{} : invalid("if without end");
  }

  Result<> range(const Json& dot, const std::string& over, bool live, std::string& out) {
    std::string expression = over;
    if (const size_t assign = over.find(":="); assign != std::string::npos) {
      return invalid("range with variables is not supported");
    }
    const Json list = live ? TRY(evaluate(expression, dot, root_)) : Json();
    const size_t begin = at_;
    std::string end;
    bool any = false;
    if (list.is_array() || list.is_object()) {
      for (const Json& item : list) {
        at_ = begin;
        any = true;
        end = TRY(block(item, true, out));
      }
    }
    if (!any) end = TRY(block(dot, false, out));
    if (end == "else") end = TRY(block(dot, live && !any, out));
    return end == "end" ? Result<>{} : invalid("range without end");
  }

  static constexpr const char* kSpace = " \t\r\n";
  std::string_view text_;
  const Json& root_;
  size_t at_ = 0;
  bool trim_next_ = false;
};

// Backslashes as the shell leaves them in single quotes.
std::string unescape(std::string_view text) {
  std::string result;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '\\' && i + 1 < text.size() && (text[i + 1] == 't' || text[i + 1] == 'n')) {
      result += text[i + 1] == 't' ? '\t' : '\n';
      ++i;
    } else {
      result += text[i];
    }
  }
  return result;
}

}  // namespace

bool is_json_format(std::string_view format) {
  std::string squeezed;
  for (const char c : format) {
    if (c != ' ') squeezed += c;
  }
  return squeezed == "json" || squeezed == "{{json.}}";
}

Result<std::string> print_formatted(std::string_view format, const Json& titles,
                                    const std::vector<Json>& values) {
  const bool as_table = format.starts_with("table ");
  std::string text;
  std::string row(format);
  if (as_table) {
    row.erase(0, std::string_view("table ").size());
    // As podman: what stands between two fields separates columns.
    for (size_t at = row.find("}} {{"); at != std::string::npos; at = row.find("}} {{", at)) {
      row[at + 2] = '\t';
    }
    text += TRY(render_template(row, titles)) + '\n';
  }
  for (const Json& value : values) text += TRY(render_template(row, value)) + '\n';
  return as_table ? print_tabbed(text) : text;
}

Result<std::string> render_template(std::string_view format, const Json& value) {
  const std::string text = unescape(format);
  return Renderer(text, value).run();
}

}  // namespace ocirt::frontend
