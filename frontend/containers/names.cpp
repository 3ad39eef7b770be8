// Names for containers whose owner gives none. Pure.
#include "frontend/containers/names.h"

#include <array>

namespace ocirt::containers {

namespace {

constexpr std::array<std::string_view, 64> kHow = {
    "able",    "agile",  "amber",   "ample",   "awake",  "bold",    "brave",  "bright",
    "brisk",   "busy",   "calm",    "candid",  "clear",  "clever",  "cool",   "cosy",
    "curious", "daring", "deft",    "eager",   "easy",   "elegant", "fair",   "fast",
    "fine",    "fond",   "fresh",   "gallant", "gentle", "glad",    "golden", "good",
    "grand",   "happy",  "hardy",   "honest",  "jolly",  "keen",    "kind",   "lively",
    "lucid",   "lucky",  "merry",   "mild",    "modest", "neat",    "nimble", "noble",
    "patient", "placid", "polite",  "proud",   "quick",  "quiet",   "ready",  "robust",
    "serene",  "sharp",  "sincere", "steady",  "sunny",  "tidy",    "warm",   "wise"};

// People whose work computers stand on.
constexpr std::array<std::string_view, 64> kWho = {
    "abel",       "aho",     "allen",     "babbage",   "backus",   "bartik",    "bernerslee",
    "boole",      "borg",    "brooks",    "cerf",      "church",   "clarke",    "codd",
    "cook",       "cray",    "curry",     "dahl",      "dijkstra", "engelbart", "euclid",
    "floyd",      "gauss",   "godel",     "goldberg",  "gray",     "hamilton",  "hamming",
    "hilbert",    "hoare",   "holberton", "hopper",    "huffman",  "ingalls",   "johnson",
    "karp",       "kay",     "keller",    "kernighan", "kildall",  "kleene",    "knuth",
    "lamarr",     "lamport", "lovelace",  "mccarthy",  "metcalfe", "milner",    "minsky",
    "naur",       "neumann", "nygaard",   "perlman",   "postel",   "ritchie",   "shannon",
    "sutherland", "tarjan",  "thompson",  "torvalds",  "turing",   "wilkes",    "wirth",
    "zuse"};

bool is_alphanumeric(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9');
}

}  // namespace

std::string make_name(unsigned number) {
  const std::string_view how = kHow[number % kHow.size()];
  const std::string_view who = kWho[number / kHow.size() % kWho.size()];
  return std::string(how) + '_' + std::string(who);
}

bool is_name(std::string_view text) {
  if (text.empty() || !is_alphanumeric(text.front())) return false;
  for (const char letter : text) {
    if (!is_alphanumeric(letter) && letter != '_' && letter != '.' && letter != '-') return false;
  }
  return true;
}

}  // namespace ocirt::containers
