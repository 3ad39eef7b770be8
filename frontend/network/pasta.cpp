// Networks by pasta(1): a tap device in the container's namespace with the host's own addresses,
// and sockets of ours on the host for all that goes over it. Source addresses stay as they are.
#include "frontend/network/pasta.h"

#include <fcntl.h>
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "frontend/network/helper.h"
#include "frontend/network/host.h"
#include "frontend/network/options.h"
#include "sys/file.h"

namespace ocirt::network {

namespace {

constexpr int kStart_ms = 20000;

// "127.0.0.1/8080-8082:80-82"
std::string port_word(const model::PublishedPort& port) {
  std::string word = port.host_ip.empty() ? "" : port.host_ip + '/';
  const auto add_range = [&](uint16_t begin) {
    word += std::to_string(begin);
    if (port.count > 1) word += fmt::format("-{}", begin + port.count - 1);
  };
  add_range(port.host_port);
  word += ':';
  add_range(port.container_port);
  return word;
}

Result<pid_t> read_pid(const std::string& path) {
  constexpr size_t kMostBytes = 32;
  const std::string text = TRY(sys::read_file(AT_FDCWD, path.c_str(), kMostBytes));
  pid_t pid = 0;
  std::from_chars(text.data(), text.data() + text.size(), pid);
  if (pid <= 0) return make_error(ErrorKind::System, fmt::format("{}: no pid", path));
  return pid;
}

}  // namespace

std::vector<std::string> pasta_words(const model::Record& record, const std::string& pid_file,
                                     pid_t init) {
  std::vector<std::string> words = {"--config-net", "--quiet", "--pid", pid_file};
  bool has_tcp = false;
  bool has_udp = false;
  for (const model::PublishedPort& port : record.ports) {
    const bool is_udp = port.protocol == "udp";
    (is_udp ? has_udp : has_tcp) = true;
    words.insert(words.end(), {is_udp ? "-u" : "-t", port_word(port)});
  }
  const std::vector<std::string> asked = option_words(record.request.namespaces.network);
  const auto asks = [&](std::string_view name) {
    return std::find(asked.begin(), asked.end(), name) != asked.end();
  };
  // pasta's own default for each is to forward whatever is bound: nothing that wasn't asked for.
  if (!has_tcp && !asks("-t")) words.insert(words.end(), {"-t", "none"});
  if (!has_udp && !asks("-u")) words.insert(words.end(), {"-u", "none"});
  if (!asks("-T")) words.insert(words.end(), {"-T", "none"});
  if (!asks("-U")) words.insert(words.end(), {"-U", "none"});
  // Or the gateway's address would be the host's loopback, with all that listens there.
  if (!asks("--map-gw")) words.emplace_back("--no-map-gw");
  for (const std::string& word : asked) {
    if (word != "--map-gw") words.push_back(word);
  }
  words.push_back(std::to_string(init));
  return words;
}

Result<> attach_pasta(const model::Record& record, const Directories& where, pid_t init,
                      NetworkState& state) {
  for (const model::PublishedPort& port : record.ports) {
    if (port.protocol != "sctp") continue;
    return make_error(ErrorKind::Unsupported, "pasta can't publish ports of SCTP");
  }
  const std::string pid_file = where.run + "/pasta.pid";
  const sys::Program program =
      TRY(helper_program("pasta", "passt", pasta_words(record, pid_file, init), where));
  // It returns when the network is there, and stays in the background.
  const sys::ProgramOutcome outcome = TRY(sys::run_program(program, "", kStart_ms));
  if (outcome.timed_out || outcome.status != sys::ExitStatus{}) {
    return make_error(ErrorKind::System, fmt::format("pasta could not set up the network: {}",
                                                     outcome.timed_out ? "it didn't end in time"
                                                                       : said_by(outcome.output)));
  }
  TRY(remember_helper(state, TRY(read_pid(pid_file))));
  Interface interface { .network = "pasta" };
  if (const std::string own = host_address(); !own.empty()) interface.addresses.push_back(own);
  state.interfaces.push_back(std::move(interface));
  return {};
}

}  // namespace ocirt::network
