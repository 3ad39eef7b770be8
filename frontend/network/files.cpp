// /etc/hosts, /etc/resolv.conf and /etc/hostname of a container.
#include "frontend/network/files.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>

#include "frontend/network/host.h"
#include "frontend/network/slirp4netns.h"
#include "sys/file.h"

namespace ocirt::network {

namespace {

constexpr size_t kMostBytes = 4 << 20;
constexpr size_t kShortId = 12;

std::string read_or_nothing(const char* path) {
  return sys::read_file(AT_FDCWD, path, kMostBytes).value_or("");
}

// Into the file that is there: it may be mounted in the container already.
Result<> write_in_place(const std::string& directory, const char* name, const std::string& text) {
  const std::string path = directory + '/' + name;
  const UniqueFd file =
      TRY(sys::open_at(AT_FDCWD, path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0644));
  // Whatever our umask is: the container's users read it.
  if (::fchmod(file.get(), 0644) < 0) return last_error(fmt::format("set the mode of {}", path));
  if (Result<> written = sys::write_all(file.get(), text); !written) {
    written.error().text = fmt::format("write {}", path);
    return written;
  }
  return {};
}

// The words of a line, without its comment.
std::vector<std::string> words_of(std::string_view line) {
  line = line.substr(0, line.find_first_of("#;"));
  std::vector<std::string> words;
  for (size_t begin = 0; (begin = line.find_first_not_of(" \t\r", begin)) != line.npos;) {
    const size_t end = std::min(line.find_first_of(" \t\r", begin), line.size());
    words.emplace_back(line.substr(begin, end - begin));
    begin = end;
  }
  return words;
}

template <typename Use>
void for_each_line(std::string_view text, Use use) {
  while (!text.empty()) {
    const size_t end = std::min(text.find('\n'), text.size());
    use(words_of(text.substr(0, end)));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

std::string joined(const std::vector<std::string>& words, size_t from) {
  std::string text;
  for (size_t i = from; i < words.size(); ++i) text += (i > from ? " " : "") + words[i];
  return text;
}

std::string address_of(const std::string& with_prefix) {
  return with_prefix.substr(0, with_prefix.find('/'));
}

// How the host is reached from the container, and the container's own address.
struct Addresses {
  std::string host;
  std::vector<std::string> own;
};

Addresses addresses_of(const model::Record& record, const NetworkState* state) {
  Addresses found;
  if (record.network == "none") return {.host = host_address(), .own = {"127.0.0.1"}};
  if (record.network == "host" || record.network.starts_with("ns:")) {
    return {.host = host_address(), .own = {}};
  }
  // pasta gives the container the host's own address: by that, the host can't be reached.
  if (record.network == "pasta") return {.host = "", .own = {host_address()}};
  if (record.network == "slirp4netns") {
    return {.host = host_address(), .own = {slirp_addresses(record).container}};
  }
  if (state == nullptr) return found;
  for (const Interface& interface : state->interfaces) {
    if (found.host.empty() && !interface.gateways.empty()) found.host = interface.gateways.front();
    for (const std::string& each : interface.addresses) found.own.push_back(address_of(each));
  }
  return found;
}

bool is_loopback(const std::string& address) {
  return address.starts_with("127.") || address == "::1";
}

}  // namespace

std::string host_name_of(const model::Record& record) {
  if (!record.request.hostname.empty()) return record.request.hostname;
  const bool is_hosts = record.network == "host" || record.request.namespaces.uts == "host";
  return is_hosts ? own_host_name() : record.id.substr(0, kShortId);
}

Result<std::string> make_hosts(const model::Record& record, const NetworkState* state,
                               std::string_view base) {
  std::string text;
  for (const std::string& added : record.request.add_hosts) {
    const size_t colon = added.find(':');
    if (colon == std::string::npos || colon == 0 || colon + 1 == added.size()) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("--add-host {}: it must be NAME:ADDRESS", added));
    }
    std::string address = added.substr(colon + 1);
    if (address == "host-gateway") address = addresses_of(record, state).host;
    text += fmt::format("{}\t{}\n", address, added.substr(0, colon));
  }
  for_each_line(base, [&](const std::vector<std::string>& words) {
    if (words.size() > 1) text += fmt::format("{}\t{}\n", words[0], joined(words, 1));
  });
  const Addresses addresses = addresses_of(record, state);
  if (!addresses.host.empty()) {
    text += fmt::format("{}\thost.containers.internal\n", addresses.host);
  }
  for (const std::string& own : addresses.own) {
    if (own.empty()) continue;
    text += fmt::format("{}\t{} {}\n", own, host_name_of(record), record.name);
  }
  return text;
}

std::string make_resolv_conf(const model::Record& record, const NetworkState* state,
                             std::string_view base) {
  const model::Request& request = record.request;
  std::vector<std::string> servers = request.dns;
  std::vector<std::string> search = request.dns_search;
  std::vector<std::string> options = request.dns_options;
  const bool asked = !servers.empty();
  const bool has_own_names = state != nullptr && !state->nameservers.empty();
  // A name server on the host's loopback can't be reached from another namespace.
  const bool keeps_loopback = record.network == "host";
  if (!asked && has_own_names) servers = state->nameservers;
  if (!asked && record.network == "slirp4netns") servers = {slirp_addresses(record).dns};
  for_each_line(base, [&](const std::vector<std::string>& words) {
    if (words.size() < 2) return;
    if (words[0] == "nameserver" && !asked && !has_own_names &&
        (keeps_loopback || !is_loopback(words[1]))) {
      servers.push_back(words[1]);
    }
    if (words[0] == "search" && request.dns_search.empty()) {
      search.assign(words.begin() + 1, words.end());
    }
    if (words[0] == "options" && request.dns_options.empty()) {
      options.assign(words.begin() + 1, words.end());
    }
  });
  if (has_own_names && request.dns_search.empty()) {
    search.insert(search.begin(), state->search_domains.begin(), state->search_domains.end());
  }
  if (search == std::vector<std::string>{"."}) search.clear();
  std::string text;
  if (!search.empty()) text += fmt::format("search {}\n", joined(search, 0));
  for (const std::string& server : servers) text += fmt::format("nameserver {}\n", server);
  if (!options.empty()) text += fmt::format("options {}\n", joined(options, 0));
  return text;
}

Result<> write_names(const model::Record& record, const Directories& where,
                     const NetworkState* state) {
  const model::Request& request = record.request;
  if (!request.no_hosts) {
    const std::string text = TRY(make_hosts(record, state, read_or_nothing("/etc/hosts")));
    TRY(write_in_place(where.container, "hosts", text));
  }
  const bool is_images =
      std::find(request.dns.begin(), request.dns.end(), "none") != request.dns.end();
  if (is_images || (record.network == "none" && request.dns.empty())) return {};
  const std::string text = make_resolv_conf(record, state, host_resolv_conf());
  return write_in_place(where.container, "resolv.conf", text);
}

Result<> write_files(const model::Record& record, const Directories& where) {
  TRY(write_in_place(where.container, "hostname", host_name_of(record) + '\n'));
  if (!record.network.starts_with("container:")) return write_names(record, where, nullptr);
  const std::string other = where.container.substr(0, where.container.rfind('/') + 1) +
                            record.network.substr(std::string_view("container:").size());
  for (const char* name : {"hosts", "resolv.conf"}) {
    const std::string path = other + '/' + name;
    if (!sys::exists(path.c_str())) continue;
    TRY(write_in_place(where.container, name, read_or_nothing(path.c_str())));
  }
  return {};
}

}  // namespace ocirt::network
