// Which kind of network a container gets.
#include <fmt/core.h>

#include "frontend/network/network.h"
#include "sys/program.h"

namespace ocirt::network {

namespace {

// "pasta" of "pasta:-T,5432"
std::string word_of(const std::string& asked) {
  return asked.substr(0, asked.find(':'));
}

Error unsupported(const std::string& asked) {
  return make_error(
             ErrorKind::Unsupported,
             fmt::format("--network={}: networks with bridges are made by root alone", asked))
      .with_hint("leave --network out, or ask for pasta, slirp4netns, host or none");
}

// What copies for a user; pasta keeps the addresses of the host and needs no translation.
Result<std::string> default_of_users() {
  for (const char* name : {"pasta", "slirp4netns"}) {
    if (!sys::find_program(name).empty()) return std::string(name);
  }
  return make_error(ErrorKind::NotFound, "a container's network needs pasta or slirp4netns")
      .with_hint("apt install passt, or run without a network: --network=none, --network=host");
}

}  // namespace

Result<std::string> kind_of(const std::string& asked, bool is_root) {
  const std::string word = word_of(asked);
  if (word == "container" || word == "ns") {
    if (asked.size() <= word.size() + 1) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--network={}: a name must follow the colon", asked));
    }
    return asked;
  }
  if (asked == "none" || asked == "host") return asked;
  if (word == "none" || word == "host") {
    return make_error(ErrorKind::InvalidConfig,
                      fmt::format("--network={}: \"{}\" has no options", asked, word));
  }
  if (word == "pasta" && is_root) {
    // It would become nobody, who may not look into root's containers.
    return make_error(ErrorKind::Unsupported, "pasta networking is only supported for plain users")
        .with_hint("leave --network out for a bridge, or use slirp4netns");
  }
  if (word == "pasta" || word == "slirp4netns") return word;
  if (word.empty() || word == "private" || word == "default") {
    return is_root ? Result<std::string>("bridge") : default_of_users();
  }
  if (!is_root) return unsupported(asked);
  return "bridge";
}

}  // namespace ocirt::network
