// Changes of an image's config. Pure.
#include "frontend/archive/config_changes.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>
#include <string_view>
#include <utility>

namespace ocirt::archive {

namespace {

using nlohmann::ordered_json;

Error invalid(std::string what) {
  return make_error(ErrorKind::InvalidConfig, std::move(what));
}

constexpr const char* kSpace = " \t";

std::string_view trim(std::string_view text) {
  const size_t begin = text.find_first_not_of(kSpace);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(kSpace) - begin + 1);
}

// Words with their quotes taken off: `a="b c" d` is "a=b c" and "d".
Result<std::vector<std::string>> words_of(std::string_view text) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = 0;
  for (size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (c == '\\' && quote != '\'' && i + 1 < text.size()) {
      word += text[++i];
      in_word = true;
    } else if (quote != 0) {
      if (c == quote) {
        quote = 0;
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == ' ' || c == '\t') {
      if (in_word) words.push_back(std::exchange(word, {}));
      in_word = false;
    } else {
      word += c;
      in_word = true;
    }
  }
  if (quote != 0) return invalid(fmt::format("a quote is not closed in \"{}\"", text));
  if (in_word) words.push_back(word);
  return words;
}

// A JSON array of strings, if the text is one.
std::optional<ordered_json> string_array(std::string_view text) {
  if (!text.starts_with('[')) return std::nullopt;
  const ordered_json list = ordered_json::parse(text, nullptr, false);
  if (!list.is_array()) return std::nullopt;
  for (const ordered_json& each : list) {
    if (!each.is_string()) return std::nullopt;
  }
  return list;
}

ordered_json command_of(std::string_view value) {
  if (auto list = string_array(value)) return *list;
  return ordered_json::array({"/bin/sh", "-c", value});
}

// "A=b C=d", or "A b" for one.
Result<std::vector<std::pair<std::string, std::string>>> pairs_of(std::string_view value) {
  std::vector<std::pair<std::string, std::string>> pairs;
  std::vector<std::string> words = TRY(words_of(value));
  if (!words.empty() && words[0].find('=') == std::string::npos) {
    const size_t space = value.find_first_of(kSpace);
    const std::string rest(space == std::string_view::npos ? "" : trim(value.substr(space)));
    pairs.emplace_back(words[0], rest);
    return pairs;
  }
  for (const std::string& word : words) {
    const size_t equals = word.find('=');
    if (equals == std::string::npos || equals == 0) {
      return invalid(fmt::format("\"{}\" is not KEY=VALUE", word));
    }
    pairs.emplace_back(word.substr(0, equals), word.substr(equals + 1));
  }
  return pairs;
}

Result<> change_env(ordered_json& config, std::string_view value) {
  ordered_json list = config.value("Env", ordered_json::array());
  for (const auto& [key, text] : TRY(pairs_of(value))) {
    const std::string prefix = key + '=';
    const auto found = std::find_if(list.begin(), list.end(), [&](const ordered_json& each) {
      return each.is_string() && each.get_ref<const std::string&>().starts_with(prefix);
    });
    if (found != list.end()) {
      *found = prefix + text;
    } else {
      list.push_back(prefix + text);
    }
  }
  config["Env"] = list;
  return {};
}

// "80", "80/udp".
Result<> change_expose(ordered_json& config, std::string_view value) {
  for (const std::string& word : TRY(words_of(value))) {
    const size_t slash = word.find('/');
    const std::string port = word.substr(0, slash);
    const std::string protocol = slash == std::string::npos ? "tcp" : word.substr(slash + 1);
    constexpr int kMostPort = 65535;
    const bool is_number = !port.empty() && port.size() <= 5 &&
                           port.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || std::stoi(port) == 0 || std::stoi(port) > kMostPort ||
        (protocol != "tcp" && protocol != "udp" && protocol != "sctp")) {
      return invalid(fmt::format("\"{}\" is no port", word));
    }
    config["ExposedPorts"][port + '/' + protocol] = ordered_json::object();
  }
  return {};
}

Result<> change_volume(ordered_json& config, std::string_view value) {
  std::vector<std::string> paths;
  if (auto list = string_array(value)) {
    paths = list->get<std::vector<std::string>>();
  } else {
    paths = TRY(words_of(value));
  }
  for (const std::string& path : paths) config["Volumes"][path] = ordered_json::object();
  return {};
}

Result<> change(ordered_json& config, const std::string& key, std::string_view value) {
  if (value.empty() && key != "CMD" && key != "ENTRYPOINT") {
    return invalid(fmt::format("{} needs a value", key));
  }
  if (key == "CMD") {
    config["Cmd"] = command_of(value);
  } else if (key == "ENTRYPOINT") {
    config["Entrypoint"] = command_of(value);
  } else if (key == "ENV") {
    TRY(change_env(config, value));
  } else if (key == "EXPOSE") {
    TRY(change_expose(config, value));
  } else if (key == "LABEL") {
    for (const auto& [label, text] : TRY(pairs_of(value))) config["Labels"][label] = text;
  } else if (key == "ONBUILD") {
    config["OnBuild"].push_back(value);
  } else if (key == "STOPSIGNAL") {
    config["StopSignal"] = value;
  } else if (key == "USER") {
    config["User"] = value;
  } else if (key == "VOLUME") {
    TRY(change_volume(config, value));
  } else if (key == "WORKDIR") {
    if (!value.starts_with('/')) {
      return invalid(fmt::format("WORKDIR \"{}\" is no absolute path", value));
    }
    config["WorkingDir"] = value;
  } else {
    return invalid(
        fmt::format("\"{}\" is none of CMD, ENTRYPOINT, ENV, EXPOSE, LABEL, ONBUILD, STOPSIGNAL, "
                    "USER, VOLUME and WORKDIR",
                    key));
  }
  return {};
}

}  // namespace

Result<> apply_changes(ordered_json& config, const std::vector<std::string>& changes) {
  for (const std::string& each : changes) {
    const std::string_view line = trim(each);
    size_t end = line.find_first_of(kSpace);
    if (end == std::string_view::npos) end = line.find('=');
    if (end == std::string_view::npos) {
      return invalid(fmt::format("change \"{}\": it has to be KEY VALUE", each));
    }
    std::string key(trim(line.substr(0, end)));
    std::transform(key.begin(), key.end(), key.begin(), [](char c) {
      return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    });
    Result<> changed = change(config, key, trim(line.substr(end + 1)));
    if (!changed) {
      changed.error().text = fmt::format("change \"{}\": {}", each, changed.error().text);
      return changed;
    }
  }
  return {};
}

}  // namespace ocirt::archive
