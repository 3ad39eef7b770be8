// Sends records to systemd's journal, without its library.
#pragma once

#include <string>

#include "base/unique_fd.h"

namespace ocirt::shim {

/// A connection to journald's socket, made when it is first needed and again after it broke.
class Journal {
 public:
  /// Sends one record of the native protocol. A record that nobody takes within some seconds is
  /// lost: the journal must not stop a container.
  void send(const std::string& record);

 private:
  bool connect();

  UniqueFd socket_;
};

}  // namespace ocirt::shim
