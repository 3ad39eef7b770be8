// The words of single options of run and create, which other verbs have too.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::frontend {

/// InvalidConfig: --OPTION VALUE: WHY.
Error wrong_option(std::string_view option, std::string_view value, std::string_view why);

/// The lines of a file that an option names, without comments and empty ones.
Result<std::vector<std::string>> read_lines(const std::string& path);

/// -p [[IP:][HOST]:]CONTAINER[/PROTOCOL], each port a number or a range. Pure.
Result<model::PublishedPort> parse_port(std::string_view text);

/// --health-cmd: "none", a JSON list of words, or a line for the shell. Pure.
std::vector<std::string> parse_health_command(const std::string& text);

/// -e NAME=VALUE, NAME (the caller's), or NAME* (all of the caller's that begin so), added to
/// `list`.
void add_environment(std::string_view text, std::vector<std::string>& list);
Result<> add_environment_file(const std::string& path, std::vector<std::string>& list);

/// --restart: no, always, unless-stopped or on-failure[:N]. Pure.
Result<model::RestartPolicy> parse_restart(const std::string& text);

}  // namespace ocirt::frontend
