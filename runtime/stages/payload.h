// What init and the process that `exec` adds have in common: terminal, directory, filter, execve.
// Runs in: init, and the process that `exec` adds.
#pragma once

#include <initializer_list>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <linux/filter.h>

#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/protocol.h"

namespace ocirt::stages {

/// Makes us the leader of a new session: engines kill a payload by its process group.
Result<> lead_session();

/// Opens a terminal of the container's devpts for the payload, and gives its master away: to
/// `console_socket`, or to the creator where that is -1. With `as_console` it is also the
/// container's /dev/console. Returns the payload's side; no fd when no terminal is asked for.
Result<UniqueFd> open_terminal(const plan::ProcessPlan& process, int console_socket,
                               const Channel& creator, bool as_console);

/// Makes `peer`, if it is one, our stdin, stdout, stderr and controlling terminal.
Result<> take_terminal(const UniqueFd& peer);

/// Makes the working directory if the container hasn't got it. Before the root becomes read-only.
Result<> make_working_directory(const plan::ProcessPlan& process);

/// Changes to the working directory, and makes sure that it lies inside the container.
/// Security: CVE-2024-21626.
Result<> enter_working_directory(const plan::ProcessPlan& process);

/// Loads the filter; the creator passes a listener on.
Result<> load_filter(const std::optional<plan::SeccompPlan>& plan,
                     std::span<const sock_filter> filter, const Channel& creator);

/// Closes every fd but 0 to 2, the preserved ones and `kept`.
void close_others(int preserved_fds, std::initializer_list<int> kept);

/// execve(2) of `path`, with `home` as HOME unless it is empty. Returns only when it failed.
Error execute(const plan::ProcessPlan& process, const std::string& path, const std::string& home);

}  // namespace ocirt::stages
