// What comes of a request, an image's config and containers.conf. Pure.
#include "frontend/bundle/resolve.h"

#include <fmt/core.h>

#include <algorithm>

#include "frontend/bundle/parse_mount.h"
#include "frontend/bundle/text.h"
#include "frontend/digest/digest.h"

namespace ocirt::bundle {

namespace {

using model::Record;
using model::Request;
using model::RequestedMount;
using Kind = model::RequestedMount::Kind;

// An entrypoint that was asked for makes the image's command meaningless; a command that was asked
// for leaves the image's entrypoint.
Result<> resolve_args(Record& record, const ImageConfig& image) {
  const Request& request = record.request;
  record.args = request.entrypoint ? *request.entrypoint : image.entrypoint;
  const bool keeps_command = request.command.empty() && !request.entrypoint;
  const std::vector<std::string>& command = keeps_command ? image.command : request.command;
  record.args.insert(record.args.end(), command.begin(), command.end());
  if (!record.args.empty()) return {};
  return make_error(ErrorKind::InvalidConfig,
                    "no command or entrypoint provided, and no CMD or ENTRYPOINT from image");
}

// Later ones win: the defaults, the image's, proxies, the request's.
void resolve_environment(Record& record, const ImageConfig& image, const Settings& settings) {
  const Request& request = record.request;
  const std::vector<std::string>& unset = request.unset_environment;
  const auto is_unset = [&](std::string_view pair) {
    const std::string_view name = split_pair(pair, '=').first;
    return std::any_of(unset.begin(), unset.end(),
                       [&](const std::string& each) { return each == "*" || each == name; });
  };
  std::vector<std::string> defaults = settings.environment;
  set_variable(defaults, "TERM=xterm");
  set_variable(defaults, "container=podman");  // programs look for it
  for (const std::string& pair : image.environment) set_variable(defaults, pair);
  record.environment.clear();
  for (const std::string& pair : defaults) {
    if (!is_unset(pair)) record.environment.push_back(pair);
  }
  if (request.http_proxy && settings.http_proxy) {
    for (const std::string& pair : settings.proxies) set_variable(record.environment, pair);
  }
  for (const std::string& pair : request.environment) set_variable(record.environment, pair);
}

Result<> resolve_signals(Record& record, const ImageConfig& image, const Settings& settings) {
  const Request& request = record.request;
  const std::string& name = request.stop_signal.empty() ? image.stop_signal : request.stop_signal;
  if (!name.empty()) {
    const std::optional<int> signal = parse_signal(name);
    if (!signal) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("stop signal {}: there is no such signal", name));
    }
    record.stop_signal = *signal;
  }
  record.stop_timeout_s = request.stop_timeout.value_or(settings.stop_timeout_s);
  return {};
}

// What the request leaves open is the image's, then podman's default.
void resolve_health(Record& record, const ImageConfig& image) {
  constexpr int64_t kThirtySeconds = 30'000'000'000;
  constexpr int kRetries = 3;
  record.health = image.health;
  if (const auto& asked = record.request.health) {
    if (!record.health) record.health.emplace();
    if (!asked->test.empty()) record.health->test = asked->test;
    if (asked->interval != 0) record.health->interval = asked->interval;
    if (asked->timeout != 0) record.health->timeout = asked->timeout;
    if (asked->start_period != 0) record.health->start_period = asked->start_period;
    if (asked->retries != 0) record.health->retries = asked->retries;
  }
  const bool has_test =
      record.health && !record.health->test.empty() && record.health->test[0] != "NONE";
  if (!has_test) {
    record.health.reset();
    return;
  }
  if (record.health->interval == 0) record.health->interval = kThirtySeconds;
  if (record.health->timeout == 0) record.health->timeout = kThirtySeconds;
  if (record.health->retries == 0) record.health->retries = kRetries;
}

bool has_mount_at(const std::vector<RequestedMount>& mounts, std::string_view destination) {
  return std::any_of(mounts.begin(), mounts.end(),
                     [&](const RequestedMount& mount) { return mount.destination == destination; });
}

// A volume of the container's own needs a name that nothing else has; the container's id is random.
std::string own_volume_name(const Record& record, std::string_view destination) {
  return digest_of(fmt::format("{} {}", record.id, destination)).hex();
}

Result<> resolve_mounts(Record& record, const ImageConfig& image, const Settings& settings) {
  const Request& request = record.request;
  std::vector<RequestedMount>& mounts = record.mounts;
  mounts = request.mounts;
  for (size_t i = 0; i < mounts.size(); ++i) {
    const auto same = [&](const RequestedMount& other) {
      return other.destination == mounts[i].destination;
    };
    if (std::any_of(mounts.begin(), mounts.begin() + static_cast<ptrdiff_t>(i), same)) {
      return make_error(ErrorKind::InvalidConfig,
                        fmt::format("{}: two mounts have this destination", mounts[i].destination));
    }
  }
  std::vector<RequestedMount> defaults;
  for (const std::string& text : settings.volumes) defaults.push_back(TRY(parse_volume(text)));
  for (const std::string& text : settings.mounts) defaults.push_back(TRY(parse_mount(text)));
  for (const std::string& destination : image.volumes) {
    if (request.image_volumes == "ignore") break;
    const Kind kind = request.image_volumes == "tmpfs" ? Kind::Tmpfs : Kind::Volume;
    if (!destination.starts_with('/')) {
      return make_error(
                 ErrorKind::InvalidConfig,
                 fmt::format("the image's volume \"{}\" doesn't begin with '/'", destination))
          .with_hint("--image-volume ignore leaves its volumes out");
    }
    defaults.push_back(
        {.kind = kind, .source = "", .destination = without_slashes_at_end(destination)});
  }
  for (RequestedMount& mount : defaults) {
    if (!has_mount_at(mounts, mount.destination)) mounts.push_back(std::move(mount));
  }
  record.volumes.clear();
  record.own_volumes.clear();
  for (RequestedMount& mount : mounts) {
    if (mount.kind != Kind::Volume) continue;
    if (mount.source.empty()) {
      mount.source = own_volume_name(record, mount.destination);
      record.own_volumes.push_back(mount.source);
    }
    record.volumes.push_back(mount.source);
  }
  return {};
}

// "80", "80/udp", "80-82/tcp" of EXPOSE and --expose.
Result<model::PublishedPort> parse_exposed(const std::string& text) {
  const auto [range, protocol] = split_pair(text, '/');
  const auto [first, last] = split_pair(range, '-');
  const std::optional<int64_t> from = parse_number(first);
  const std::optional<int64_t> to = last.empty() ? from : parse_number(last);
  constexpr int64_t kMostPort = 65535;
  if (!from || !to || *from < 1 || *to < *from || *to > kMostPort) {
    return make_error(ErrorKind::InvalidConfig, fmt::format("expose {}: not a port", text));
  }
  return model::PublishedPort{.container_port = static_cast<uint16_t>(*from),
                              .count = static_cast<uint16_t>(*to - *from + 1),
                              .protocol = protocol.empty() ? "tcp" : std::string(protocol)};
}

Result<> resolve_ports(Record& record, const ImageConfig& image) {
  record.ports = record.request.ports;
  if (!record.request.publish_all) return {};
  std::vector<std::string> exposed = image.exposed_ports;
  exposed.insert(exposed.end(), record.request.expose.begin(), record.request.expose.end());
  for (const std::string& text : exposed) {
    const model::PublishedPort port = TRY(parse_exposed(text));
    const bool is_there =
        std::any_of(record.ports.begin(), record.ports.end(), [&](const auto& each) {
          return each.container_port == port.container_port && each.protocol == port.protocol;
        });
    if (!is_there) record.ports.push_back(port);
  }
  return {};
}

}  // namespace

Result<> resolve(Record& record, const ImageConfig& image, const Settings& settings) {
  const Request& request = record.request;
  TRY(resolve_args(record, image));
  resolve_environment(record, image, settings);
  TRY(resolve_signals(record, image, settings));
  resolve_health(record, image);
  TRY(resolve_mounts(record, image, settings));
  TRY(resolve_ports(record, image));
  record.workdir = !request.workdir.empty() ? request.workdir : image.workdir;
  if (record.workdir.empty()) record.workdir = "/";
  record.user = !request.user.empty() ? request.user : image.user;
  record.labels = image.labels;
  for (const auto& [key, value] : request.labels) record.labels[key] = value;
  record.log_driver = request.log_driver;
  if (record.log_driver.empty()) record.log_driver = settings.log_driver;
  if (record.log_driver.empty()) record.log_driver = "k8s-file";
  return {};
}

}  // namespace ocirt::bundle
