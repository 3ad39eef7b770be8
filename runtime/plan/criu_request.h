// What CRIU is asked to do, as a value, and the bytes that say so. Pure.
//
// CRIU takes requests as Protocol Buffers (its images/rpc.proto) from whoever started it as
// `criu swrk FD`: SOCK_SEQPACKET, one message in each packet.
#pragma once

#include <sys/types.h>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::plan {

enum class CriuAction { Dump, PreDump, Restore };

/// What becomes of the cgroups that processes are in; the numbers are CRIU's.
enum class CriuCgroupMode : uint32_t { Ignore = 0, Soft = 3, Full = 4, Strict = 5 };

/// How connections are kept quiet meanwhile; the numbers are CRIU's.
enum class CriuNetworkLock : uint32_t { Iptables = 1, Nftables = 2, Skip = 3 };

/// What `checkpoint` and `restore` are asked for on their command line. An empty text: not asked.
struct CriuOptions {
  bool leave_running = false;
  bool pre_dump = false;
  bool tcp_established = false;
  bool tcp_close = false;
  bool tcp_skip_in_flight = false;
  bool external_unix_sockets = false;
  bool shell_job = false;
  bool file_locks = false;
  bool link_remap = false;
  bool auto_dedup = false;
  bool empty_network = false;  // --empty-ns network
  CriuCgroupMode cgroup_mode = CriuCgroupMode::Soft;
  std::optional<CriuNetworkLock> network_lock;
  std::string parent_images;  // from the directory of the images
  std::string lsm_profile;
  std::string lsm_mount_context;
  std::string page_server_address;
  uint16_t page_server_port = 0;
  friend bool operator==(const CriuOptions&, const CriuOptions&) = default;
};

/// A mount that is not CRIU's business. Dump: `name` is its mount point, `value` what the images
/// call it. Restore: `name` is what the images call it, `value` the path of the host to bind.
struct CriuExternalMount {
  std::string name;
  std::string value;
  friend bool operator==(const CriuExternalMount&, const CriuExternalMount&) = default;
};

/// An fd that CRIU is started with, in the place of what the images call `name`.
struct CriuInheritedFd {
  std::string name;
  int fd = -1;  // as CRIU numbers it
  friend bool operator==(const CriuInheritedFd&, const CriuInheritedFd&) = default;
};

/// A namespace that exists, and that the restored processes join.
struct CriuJoinedNamespace {
  std::string type;  // "ipc"
  std::string path;
  friend bool operator==(const CriuJoinedNamespace&, const CriuJoinedNamespace&) = default;
};

/// The cgroup that takes the place of the one that was dumped.
struct CriuCgroupRoot {
  std::string controller;  // "memory", "name=systemd"; empty: cgroup v2
  std::string path;
  friend bool operator==(const CriuCgroupRoot&, const CriuCgroupRoot&) = default;
};

struct CriuRequest {
  CriuAction action = CriuAction::Dump;
  CriuOptions options;
  int images_fd = -1;         // as CRIU numbers it
  int work_fd = -1;           // likewise
  std::string log_file;       // a name in the directory of work
  pid_t pid = 0;              // dump: of the container's first process
  std::string root;           // the container's root, as a path of the host
  std::string freeze_cgroup;  // dump: the cgroup's directory; empty: none
  std::string config_file;    // of CRIU's options, which come before ours; empty: none
  std::vector<CriuExternalMount> external_mounts;
  std::vector<std::string> external;  // dump: "net[4026531840]:extRootNetNS"
  std::vector<CriuInheritedFd> inherited_fds;
  std::vector<CriuJoinedNamespace> joined_namespaces;
  std::vector<CriuCgroupRoot> cgroup_roots;
  friend bool operator==(const CriuRequest&, const CriuRequest&) = default;
};

std::string encode(const CriuRequest& request);

/// The answer to a notification.
std::string encode_acknowledgement(bool success);

/// What CRIU says: a notification, which waits for an answer, or the end.
struct CriuReply {
  bool success = false;
  bool is_notification = false;
  std::string notification;  // "setup-namespaces", "orphan-pts-master", ...
  pid_t pid = 0;             // of the restored process, in CRIU's pid namespace
  int errno_value = 0;
  std::string message;  // often empty
  friend bool operator==(const CriuReply&, const CriuReply&) = default;
};

/// Errors: System when the bytes are no reply.
Result<CriuReply> decode_reply(std::string_view bytes);

}  // namespace ocirt::plan
