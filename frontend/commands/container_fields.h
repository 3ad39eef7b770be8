// What people are shown of a container, as podman writes it.
#pragma once

#include <cstdint>
#include <string>

#include "frontend/commands/go_template.h"
#include "frontend/containers/status.h"
#include "frontend/model/record.h"

namespace ocirt::frontend {

/// "bash", cut to 17 characters and "..." unless `whole`.
std::string command_text(const model::Record& record, bool whole);
/// "5 minutes ago"
std::string created_text(const model::Record& record);
/// "Up 3 seconds", "Exited (0) 18 seconds ago", "Created"
std::string status_text(const containers::Status& status);
/// "0.0.0.0:8080->80/tcp, ..."
std::string ports_text(const model::Record& record);
Json json_ports(const model::Record& record);
Json mounted_at(const model::Record& record);

int exit_code(const containers::Status& status);
/// Seconds since the epoch; 0: never.
int64_t started_at(const containers::Status& status);
int64_t exited_at(const containers::Status& status);

}  // namespace ocirt::frontend
