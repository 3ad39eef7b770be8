// Passes the container's sd_notify messages on to the host.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"
#include "shim/loop.h"

namespace ocirt::shim {

class NotifyProxy {
 public:
  /// Binds BUNDLE/notify/notify.sock, which the engine mounts into the container.
  Result<> open(const std::string& bundle, const std::string& host_socket, Loop& loop);
  /// Takes one message and passes on what of it is meant for the host.
  void pass();

 private:
  UniqueFd socket_;
  std::string host_;
};

}  // namespace ocirt::shim
