// What a person asked for, of one container: the options of `ocictl run` and `create`, as data.
// frontend/commands/run_options.cpp fills it from a command line, frontend/bundle/ makes a
// config.json of it and the image's config, and the container's record keeps it.
//
// Options are podman's; each field says which. What the option's absence means (a default of
// containers.conf, a value of the image) is decided in frontend/bundle/, not here: an empty
// optional is "not asked for".
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace ocirt::model {

/// -p 127.0.0.1:8080-8082:80-82/tcp
struct PublishedPort {
  std::string host_ip;     // empty: all addresses
  uint16_t host_port = 0;  // 0: any that is free; the record has the one that was taken
  uint16_t container_port = 0;
  uint16_t count = 1;            // of consecutive ports
  std::string protocol = "tcp";  // "tcp", "udp" or "sctp"
  friend bool operator==(const PublishedPort&, const PublishedPort&) = default;
};

/// -v, --mount, --tmpfs, --volumes-from and the image's volumes.
struct RequestedMount {
  enum class Kind { Bind, Volume, Tmpfs, Devpts, Image, Glob };
  Kind kind = Kind::Bind;
  std::string source;  // a path, a volume's name (empty: one of the container's own), an image
  std::string destination;
  std::vector<std::string> options;  // "ro", "z", "U", "nocopy", "size=64m", ... in their order
  friend bool operator==(const RequestedMount&, const RequestedMount&) = default;
};

/// --device /dev/fuse:/dev/fuse:rwm, or a CDI name: nvidia.com/gpu=all.
struct RequestedDevice {
  std::string host;  // a path, or a CDI name
  std::string container;
  std::string permissions = "rwm";
  friend bool operator==(const RequestedDevice&, const RequestedDevice&) = default;
};

/// --ulimit nofile=1024:2048; -1 is unlimited.
struct RequestedLimit {
  std::string name;  // "nofile"
  int64_t soft = 0;
  int64_t hard = 0;
  friend bool operator==(const RequestedLimit&, const RequestedLimit&) = default;
};

/// --health-cmd and its like; times in ns.
struct HealthCheck {
  std::vector<std::string> test;  // "NONE", or "CMD"/"CMD-SHELL" and words
  int64_t interval = 0;
  int64_t timeout = 0;
  int64_t start_period = 0;
  int retries = 0;
  friend bool operator==(const HealthCheck&, const HealthCheck&) = default;
};

struct RestartPolicy {
  std::string name = "no";  // "no", "on-failure", "always", "unless-stopped"
  unsigned most = 0;        // restarts; 0: as many as it takes
  friend bool operator==(const RestartPolicy&, const RestartPolicy&) = default;
};

/// Limits; what wasn't asked for stays unset.
struct RequestedResources {
  std::optional<int64_t> memory;                 // --memory, bytes
  std::optional<int64_t> memory_swap;            // --memory-swap, bytes; -1: no limit
  std::optional<int64_t> memory_reservation;     // --memory-reservation, bytes
  std::optional<double> cpus;                    // --cpus
  std::optional<uint64_t> cpu_shares;            // --cpu-shares
  std::optional<uint64_t> cpu_period;            // --cpu-period, us
  std::optional<int64_t> cpu_quota;              // --cpu-quota, us
  std::string cpuset_cpus;                       // --cpuset-cpus
  std::string cpuset_mems;                       // --cpuset-mems
  std::optional<int64_t> pids;                   // --pids-limit; -1: no limit
  std::optional<uint16_t> blkio_weight;          // --blkio-weight
  std::optional<int> oom_score_adj;              // --oom-score-adj
  bool oom_kill_disable = false;                 // --oom-kill-disable
  std::map<std::string, std::string> unified;    // --cgroup-conf
  std::vector<std::string> device_cgroup_rules;  // --device-cgroup-rule
  std::vector<std::string> device_read_bps;      // and the other three, DEVICE:RATE
  std::vector<std::string> device_write_bps;
  std::vector<std::string> device_read_iops;
  std::vector<std::string> device_write_iops;
  friend bool operator==(const RequestedResources&, const RequestedResources&) = default;
};

/// Namespaces by name: "", "host", "private", "container:ID", "ns:PATH", and each option's own
/// words.
struct RequestedNamespaces {
  std::string
      network;      // --network: also "none", "pasta[:opts]", "slirp4netns[:opts]", "bridge", NAME
  std::string ipc;  // --ipc: also "none", "shareable"
  std::string pid;  // --pid
  std::string uts;  // --uts
  std::string cgroup;  // --cgroupns
  std::string user;    // --userns: also "keep-id[:opts]", "nomap", "auto[:opts]"
  friend bool operator==(const RequestedNamespaces&, const RequestedNamespaces&) = default;
};

struct Request {
  // Which program, with what.
  std::vector<std::string> command;                    // the words after IMAGE
  std::optional<std::vector<std::string>> entrypoint;  // --entrypoint; empty: none at all
  std::vector<std::string> environment;        // "K=V" of --env-host, --env-file, --env, resolved
  std::vector<std::string> unset_environment;  // --unsetenv; "*" is all (--unsetenv-all)
  bool http_proxy = true;                      // --http-proxy
  std::string workdir;                         // --workdir
  std::string user;                            // --user
  std::vector<std::string> groups;             // --group-add; "keep-groups" among them
  std::string umask;                           // --umask
  bool terminal = false;                       // --tty
  bool open_stdin = false;                     // --interactive
  bool init = false;                           // --init
  std::string init_path;                       // --init-path
  std::string timezone;                        // --tz
  std::string stop_signal;                     // --stop-signal
  std::optional<unsigned> stop_timeout;        // --stop-timeout, s
  std::optional<unsigned> timeout;             // --timeout, s
  std::optional<HealthCheck> health;           // --health-*; --no-healthcheck is {"NONE"}

  // What it sees.
  std::vector<RequestedMount> mounts;
  std::vector<std::string> volumes_from;    // --volumes-from
  std::string image_volumes = "anonymous";  // --image-volume: "anonymous" (bind), "tmpfs", "ignore"
  bool read_only = false;                   // --read-only
  bool read_only_tmpfs = true;              // --read-only-tmpfs
  std::string shm_size;                     // --shm-size, "64m"
  std::string hostname;                     // --hostname
  std::vector<std::string> add_hosts;       // --add-host, NAME:IP
  bool no_hosts = false;                    // --no-hosts
  std::vector<std::string> dns;          // --dns; "none" among them: the image's resolv.conf stays
  std::vector<std::string> dns_search;   // --dns-search
  std::vector<std::string> dns_options;  // --dns-option
  std::vector<PublishedPort> ports;      // --publish
  bool publish_all = false;              // --publish-all
  std::vector<std::string> expose;       // --expose
  std::vector<std::string> network_aliases;  // --network-alias
  std::string ip;                            // --ip
  std::string mac;                           // --mac-address
  RequestedNamespaces namespaces;
  std::vector<std::string> uid_maps;  // --uidmap
  std::vector<std::string> gid_maps;  // --gidmap

  // What it may.
  bool privileged = false;                     // --privileged
  std::vector<std::string> cap_add;            // --cap-add
  std::vector<std::string> cap_drop;           // --cap-drop
  std::vector<std::string> security_opts;      // --security-opt
  std::vector<RequestedDevice> devices;        // --device
  std::optional<std::string> gpus;             // --gpus, as written
  std::vector<RequestedLimit> limits;          // --ulimit
  std::map<std::string, std::string> sysctls;  // --sysctl
  RequestedResources resources;
  std::string cgroups;        // --cgroups: "enabled", "disabled", "no-conmon", "split"
  std::string cgroup_parent;  // --cgroup-parent

  // How it is kept.
  std::string name;                                // --name
  std::map<std::string, std::string> labels;       // --label, --label-file
  std::map<std::string, std::string> annotations;  // --annotation
  bool remove = false;                             // --rm
  RestartPolicy restart;                           // --restart
  std::string log_driver;                          // --log-driver
  std::map<std::string, std::string> log_options;  // --log-opt
  std::string detach_keys;                         // --detach-keys
  unsigned preserve_fds = 0;                       // --preserve-fds
  std::string runtime;                             // of the program: --runtime
  friend bool operator==(const Request&, const Request&) = default;
};

}  // namespace ocirt::model
