// The network of a container: made when its init waits to be started, and taken down when it has
// gone. Who gives it is known by its kind (Record::network):
//
//   none          the namespace has loopback alone, which the runtime sets up
//   host          there is no namespace
//   container:ID  another container's namespace, ns:PATH any namespace: joined by the runtime
//   pasta         a process of the user's, which copies between a tap device and sockets
//   (pasta.cpp) slirp4netns   the same, older (slirp4netns.cpp) bridge        veth devices on
//   bridges of the host, made by netavark (bridge.cpp)
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/result.h"
#include "frontend/model/record.h"

namespace ocirt::network {

/// Where a container's files lie: see frontend/model/record.h.
struct Directories {
  std::string container;    // ROOT/containers/ID
  std::string run;          // RUN/ID; beside it lies RUN/networks, what containers hold of networks
  std::string definitions;  // where networks by name are described; empty: definitions_directory()
};

/// A device in the container's namespace.
struct Interface {
  std::string network;  // "podman", "pasta", ...
  std::string name;     // "eth0"
  std::string mac;
  std::vector<std::string> addresses;  // "10.88.0.2/16"
  std::vector<std::string> gateways;
  std::vector<std::string> aliases;  // names by which others of the network find it
  // A veth's end on a bridge of the host; the address tells it from a later device of that index.
  int host_index = 0;  // 0: there is none
  std::string host_mac;
  friend bool operator==(const Interface&, const Interface&) = default;
};

/// What was made for a container, and is needed to take it down. Written to RUN/ID/network.json
/// before it is made, and again after.
struct NetworkState {
  std::string kind;
  std::vector<Interface> interfaces;
  std::vector<std::string> nameservers;     // that the networks have themselves
  std::vector<std::string> search_domains;  // of these
  pid_t helper = 0;                         // the process that copies; 0: none
  uint64_t helper_start = 0;                // with the pid, names it for ever
  std::string request;                      // what netavark was asked for
  friend bool operator==(const NetworkState&, const NetworkState&) = default;
};

/// Gives the namespace of the process `init` its network, and writes `hosts` and `resolv.conf` anew
/// with the addresses that it got. On failure nothing is left of it.
///
/// Errors: NotFound with a hint where a helper program isn't installed; else with what it said.
Result<NetworkState> attach(const model::Record& record, const Directories& where, pid_t init);

/// Takes down what attach() made, also if it didn't come to its end. What isn't there any more is
/// no error, so it may be called twice.
Result<> detach(const model::Record& record, const Directories& where);

/// What attach() made; nothing if there is nothing.
std::optional<NetworkState> find_state(const Directories& where);

/// Writes `hosts`, `resolv.conf` and `hostname` into the container's directory, before it is
/// created. Without a network there is no resolv.conf but with --dns; with --no-hosts no hosts; and
/// a container that shares another's namespace has the files of that one: they are copied.
Result<> write_files(const model::Record& record, const Directories& where);

/// The kind of network that `asked` (--network; may be empty) means to a user who is root or isn't:
/// "bridge" for names of networks too. `asked` "container:NAME" comes back as it is.
/// Errors: InvalidConfig; NotFound if there is neither pasta nor slirp4netns.
Result<std::string> kind_of(const std::string& asked, bool is_root);

}  // namespace ocirt::network
