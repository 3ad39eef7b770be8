// How people are shown sizes, ages and tables: as podman shows them. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace ocirt::frontend {

/// Decimal units, three digits, a space: "152 MB", "8.61 MB", "27 GB".
std::string human_size(uint64_t bytes);

/// As `system df` has it: four digits, no space: "19.89MB", "0B".
std::string compact_size(uint64_t bytes);

/// "2022-06-24 10:11:12 +0000 UTC", as Go prints a time.
std::string go_time(int64_t seconds);

/// "Less than a second", "About a minute", "37 hours", "9 days", "10 months".
std::string human_duration(int64_t seconds);

/// Seconds since 1970 of an RFC 3339 time; 0 for what is none.
int64_t parse_time(std::string_view text);

/// "2022-06-24T10:11:12Z".
std::string print_time(int64_t seconds);

/// Columns as Go's tabwriter sets them: at least 12 wide, two spaces between, the last one free.
std::string print_table(const std::vector<std::vector<std::string>>& rows);

/// The rows of a text with tabs between the columns.
std::string print_tabbed(std::string_view text);

}  // namespace ocirt::frontend
