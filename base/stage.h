// The names of the steps of a container's life. One enum for errors, logs, traces and the bench.
#pragma once

#include <string_view>

namespace ocirt {

/// In the order in which they happen; the comment says in which process.
enum class Stage {
  Read,            // creator: config.json becomes a Config
  Validate,        // creator: the Config is checked
  Decide,          // creator: Config and HostFacts become a Plan
  Reserve,         // creator: the state directory is made, status creating
  Acquire,         // creator: every fd that needs the host's view is opened
  Spawn,           // creator: clone3
  MapIds,          // creator, for init
  Cgroup,          // creator, for init
  Join,            // joiner or init: namespaces that exist already
  Network,         // creator: devices moved; init: loopback up
  Rootfs,          // init: mounts, devices, links
  RuntimeHooks,    // creator, while init waits: prestart, createRuntime
  ContainerHooks,  // init: createContainer
  Pivot,           // init
  Lock,            // init: sysctls, masked and readonly paths, propagation
  Terminal,        // init
  Identity,        // init: session, limits, LSM, groups, uid, capabilities, no_new_privs
  Filter,          // init: seccomp
  Executable,      // init: the program is looked up as its user will see it
  Ready,           // both: status becomes created
  Gate,            // init: waits for `start`
  StartHooks,      // init: startContainer
  Exec,            // init: execve
  PostStart,       // the `start` process
  Signal,          // the `kill`, `pause` and `resume` processes
  Remove,          // the `delete` process
  PostStop,        // the `delete` process
};

/// "Rootfs", "RuntimeHooks", ...: the enumerator's own name.
std::string_view name_of(Stage stage);

}  // namespace ocirt
