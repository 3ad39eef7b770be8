// What a registry wants to see before it answers: the header WWW-Authenticate. Pure.
#include "frontend/registry/challenge.h"

#include <algorithm>

namespace ocirt::registry {

namespace {

bool is_token_character(char c) {
  constexpr std::string_view kOthers = "!#$%&'*+-.^_`|~";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kOthers.find(c) != std::string_view::npos;
}

void skip(std::string_view& text, std::string_view characters) {
  text.remove_prefix(std::min(text.find_first_not_of(characters), text.size()));
}

std::string token(std::string_view& text) {
  size_t size = 0;
  while (size < text.size() && is_token_character(text[size])) ++size;
  std::string word(text.substr(0, size));
  text.remove_prefix(size);
  return word;
}

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return text;
}

// A token, or words between quotes with backslashes before what stands for itself.
std::string value(std::string_view& text) {
  if (!text.starts_with('"')) return token(text);
  text.remove_prefix(1);
  std::string words;
  while (!text.empty() && text.front() != '"') {
    if (text.front() == '\\' && text.size() > 1) text.remove_prefix(1);
    words += text.front();
    text.remove_prefix(1);
  }
  if (!text.empty()) text.remove_prefix(1);
  return words;
}

}  // namespace

std::vector<Challenge> parse_challenges(std::string_view header) {
  std::vector<Challenge> challenges;
  while (true) {
    skip(header, " \t,");
    if (header.empty()) return challenges;
    const std::string name = token(header);
    if (name.empty()) return challenges;  // nothing that we could go on from
    skip(header, " \t");
    if (header.starts_with('=') && !challenges.empty()) {
      header.remove_prefix(1);
      skip(header, " \t");
      challenges.back().parameters[lower(name)] = value(header);
    } else {
      challenges.push_back({.scheme = lower(name), .parameters = {}});
    }
  }
}

}  // namespace ocirt::registry
