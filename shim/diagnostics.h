// What the monitor says about itself: on stderr while it has one, and to the system log if asked.
#pragma once

#include <string_view>

#include "shim/model/options.h"

namespace ocirt::shim {

struct DiagnosticsOptions {
  Verbosity verbosity = Verbosity::Warning;
  bool to_syslog = false;
  std::string_view container;  // outlives all calls
};

/// Once, when the command line is known.
void open_diagnostics(const DiagnosticsOptions& options);

/// One line, if `verbosity` is among what was asked for.
void tell(Verbosity verbosity, std::string_view text);

}  // namespace ocirt::shim
