// Packets with several fds, between ocictl and its helper process.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::unpack {

/// Sends one packet with the fds, which stay the caller's.
Result<> send_fds(int socket, std::string_view text, std::span<const int> fds);

struct FdPacket {
  std::string text;  // empty: the other end is gone
  std::vector<UniqueFd> fds;
};

/// Receives a packet of at most 64 KiB with at most 8 fds.
Result<FdPacket> receive_fds(int socket);

}  // namespace ocirt::unpack
