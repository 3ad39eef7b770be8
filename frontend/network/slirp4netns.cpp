// Networks by slirp4netns(1): a tap device in the container's namespace, and a TCP/IP stack outside
// that translates. Ports are published by its own API, which keeps source addresses.
#include "frontend/network/slirp4netns.h"

#include <arpa/inet.h>
#include <fcntl.h>
#include <fmt/core.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <charconv>
#include <nlohmann/json.hpp>

#include "frontend/network/helper.h"
#include "frontend/network/options.h"
#include "sys/file.h"
#include "sys/process.h"
#include "sys/socket.h"

namespace ocirt::network {

namespace {

constexpr const char* kTap = "tap0";
constexpr const char* kSocket = "slirp4netns.sock";
constexpr int kReadyFd = 3;  // where sys::Program puts the first and second of its more_fds
constexpr int kExitFd = 4;
constexpr size_t kMostReply = 64 << 10;

std::string nth_address(uint32_t network, uint32_t n) {
  const in_addr address{.s_addr = htonl(network + n)};
  std::array<char, INET_ADDRSTRLEN> text{};
  return ::inet_ntop(AF_INET, &address, text.data(), text.size()) == nullptr ? "" : text.data();
}

bool is_true(const std::string& value) {
  return value == "true" || value == "1";
}

Result<std::vector<std::string>> words_for(const model::Record& record, pid_t init) {
  std::vector<std::string> words = {"--configure", "--enable-sandbox", "--enable-seccomp",
                                    fmt::format("--ready-fd={}", kReadyFd),
                                    fmt::format("--exit-fd={}", kExitFd)};
  std::string mtu = "65520";
  bool host_loopback = false;
  for (const auto& [key, value] : option_pairs(record.request.namespaces.network)) {
    if (key == "mtu") {
      mtu = value;
    } else if (key == "allow_host_loopback") {
      host_loopback = is_true(value);
    } else if (key == "enable_ipv6") {
      if (is_true(value)) words.emplace_back("--enable-ipv6");
    } else if (key == "cidr") {
      words.push_back("--cidr=" + value);
    } else if (key == "outbound_addr" || key == "outbound_addr6") {
      words.push_back(fmt::format(
          "--{}={}", key == "outbound_addr" ? "outbound-addr" : "outbound-addr6", value));
    } else if (key == "port_handler" && (value == "slirp4netns" || value == "rootlesskit")) {
      // There is one way here, and it does what people want of either: addresses are kept.
    } else {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--network=slirp4netns: unknown option \"{}={}\"", key, value));
    }
  }
  words.push_back("--mtu=" + mtu);
  if (!host_loopback) words.emplace_back("--disable-host-loopback");
  if (!record.ports.empty()) words.push_back(fmt::format("--api-socket={}", kSocket));
  words.insert(words.end(), {std::to_string(init), kTap});
  return words;
}

// One request to its API; an error has its words.
Result<> ask(int run_directory, const nlohmann::json& request) {
  // By a short path: sun_path has 108 bytes.
  const UniqueFd socket =
      TRY(sys::connect_stream(fmt::format("/proc/self/fd/{}/{}", run_directory, kSocket)));
  TRY(sys::write_all(socket.get(), request.dump()));
  if (::shutdown(socket.get(), SHUT_WR) < 0) return last_error("ask slirp4netns");
  const std::string text = TRY(sys::read_all(socket.get(), kMostReply));
  const nlohmann::json reply = nlohmann::json::parse(text, nullptr, false);
  if (!reply.is_object()) return make_error(ErrorKind::System, "slirp4netns gave no answer");
  if (!reply.contains("error")) return {};
  return make_error(ErrorKind::System, reply["error"].dump());
}

Result<> publish(const model::Record& record, const Directories& where,
                 const SlirpAddresses& addresses) {
  if (record.ports.empty()) return {};
  const UniqueFd directory = TRY(sys::open_at(AT_FDCWD, where.run.c_str(), O_PATH | O_DIRECTORY));
  for (const model::PublishedPort& port : record.ports) {
    for (uint16_t i = 0; i < port.count; ++i) {
      const nlohmann::json request = {
          {"execute", "add_hostfwd"},
          {"arguments",
           {{"proto", port.protocol},
            {"host_addr", port.host_ip.empty() ? "0.0.0.0" : port.host_ip},
            {"host_port", port.host_port + i},
            {"guest_addr", addresses.container},
            {"guest_port", port.container_port + i}}}};
      Result<> done = ask(directory.get(), request);
      if (done) continue;
      done.error().text = fmt::format("publish port {} through slirp4netns: {}", port.host_port + i,
                                      done.error().text);
      return done;
    }
  }
  return {};
}

}  // namespace

SlirpAddresses slirp_addresses(const model::Record& record) {
  const std::map<std::string, std::string> options =
      option_pairs(record.request.namespaces.network);
  const auto asked = options.find("cidr");
  const std::string range = asked == options.end() ? "10.0.2.0/24" : asked->second;
  in_addr address{};
  constexpr uint32_t kGateway = 2, kDns = 3, kContainer = 100;
  if (::inet_pton(AF_INET, range.substr(0, range.find('/')).c_str(), &address) != 1) return {};
  const uint32_t network = ntohl(address.s_addr);
  return {.network = range,
          .gateway = nth_address(network, kGateway),
          .dns = nth_address(network, kDns),
          .container = nth_address(network, kContainer)};
}

Result<> attach_slirp4netns(const model::Record& record, const Directories& where, pid_t init,
                            NetworkState& state) {
  std::array<int, 2> ends{};
  if (::pipe2(ends.data(), O_CLOEXEC) < 0) return last_error("make a pipe");
  const UniqueFd ready(ends[0]);
  UniqueFd tell(ends[1]);
  const UniqueFd said = TRY(sys::memory_file("slirp4netns", ""));
  const UniqueFd null = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  // It ends when its exit fd hangs up, as a pidfd does once the process has been reaped (Linux
  // 6.9). Where pidfds don't, detach() ends it.
  const sys::Pidfd alive = TRY(sys::Pidfd::open(init));
  sys::Program program =
      TRY(helper_program("slirp4netns", "slirp4netns", TRY(words_for(record, init)), where));
  program.output_fd = null.get();
  program.error_fd = said.get();
  program.more_fds = {tell.get(), alive.get()};
  sys::Child child = TRY(sys::start_program(program));
  tell.reset();

  std::array<char, 1> byte{};
  if (::read(ready.get(), byte.data(), byte.size()) != 1) {
    (void)child.wait();  // it closed the pipe because it ended
    std::string output;
    if (::lseek(said.get(), 0, SEEK_SET) == 0)
      output = sys::read_all(said.get(), kMostReply).value_or("");
    return make_error(ErrorKind::System,
                      fmt::format("slirp4netns could not set up the network: {}", said_by(output)));
  }
  TRY(remember_helper(state, child.pid()));
  const SlirpAddresses addresses = slirp_addresses(record);
  TRY(publish(record, where, addresses));  // kills it where that fails, as it is ours till here
  child.release();
  state.interfaces.push_back({.network = "slirp4netns",
                              .name = kTap,
                              .addresses = {addresses.container + "/24"},
                              .gateways = {addresses.gateway}});
  return {};
}

}  // namespace ocirt::network
