// Whom a payload runs as. Pure.
#include "frontend/bundle/identity.h"

#include <fmt/core.h>

#include <algorithm>
#include <optional>

#include "frontend/bundle/text.h"

namespace ocirt::bundle {

namespace {

using Fields = std::vector<std::string>;

constexpr int64_t kMostId = 4294967294;  // 2^32-1 means "no change"

std::optional<int64_t> parse_id(std::string_view text) {
  const std::optional<int64_t> id = parse_number(text);
  return id && *id >= 0 && *id <= kMostId ? id : std::nullopt;
}

// The first line whose fields match: "name:x:id:...".
template <typename Match>
std::optional<Fields> find_line(std::string_view text, size_t fewest, Match matches) {
  for (const std::string& line : split(text, '\n')) {
    Fields fields = split(line, ':');
    if (fields.size() >= fewest && matches(fields)) return fields;
  }
  return std::nullopt;
}

// By name first: a name may consist of digits.
std::optional<Fields> find_entry(std::string_view text, size_t fewest, std::string_view wanted) {
  const auto by_name = [&](const Fields& fields) { return fields[0] == wanted; };
  if (auto found = find_line(text, fewest, by_name)) return found;
  const std::optional<int64_t> id = parse_id(wanted);
  if (!id) return std::nullopt;
  return find_line(text, fewest, [&](const Fields& fields) { return parse_id(fields[2]) == id; });
}

constexpr size_t kPasswdFields = 4;
constexpr size_t kGroupFields = 3;

Result<gid_t> find_group(std::string_view group, std::string_view wanted) {
  const std::optional<Fields> entry = find_entry(group, kGroupFields, wanted);
  const std::optional<int64_t> id = entry ? parse_id((*entry)[2]) : parse_id(wanted);
  if (id) return static_cast<gid_t>(*id);
  return make_error(
      ErrorKind::NotFound,
      fmt::format("unable to find group {}: no matching entries in group file", wanted));
}

void add_group(Identity& identity, gid_t gid) {
  auto& groups = identity.groups;
  if (std::find(groups.begin(), groups.end(), gid) == groups.end()) groups.push_back(gid);
}

// Those that have the user among their members.
void add_memberships(Identity& identity, std::string_view group, const std::string& name) {
  for (const std::string& line : split(group, '\n')) {
    const Fields fields = split(line, ':');
    if (fields.size() <= kGroupFields) continue;
    const std::vector<std::string> members = split(fields[3], ',');
    const std::optional<int64_t> id = parse_id(fields[2]);
    if (id && std::find(members.begin(), members.end(), name) != members.end()) {
      add_group(identity, static_cast<gid_t>(*id));
    }
  }
}

}  // namespace

Result<Identity> find_identity(std::string_view user, const std::vector<std::string>& groups,
                               std::string_view passwd, std::string_view group) {
  const auto [asked_user, asked_group] = split_pair(user, ':');
  const std::string_view wanted = asked_user.empty() ? "0" : asked_user;
  Identity identity;
  const std::optional<Fields> entry = find_entry(passwd, kPasswdFields, wanted);
  const std::optional<int64_t> uid = entry ? parse_id((*entry)[2]) : parse_id(wanted);
  if (!uid) {
    return make_error(
        ErrorKind::NotFound,
        fmt::format("unable to find user {}: no matching entries in passwd file", wanted));
  }
  identity.uid = static_cast<uid_t>(*uid);
  if (entry) {
    identity.gid = static_cast<gid_t>(parse_id((*entry)[3]).value_or(0));
    constexpr size_t kHome = 5;
    if (entry->size() > kHome && !(*entry)[kHome].empty()) identity.home = (*entry)[kHome];
  } else if (identity.uid == 0) {
    identity.home = "/root";
  }
  if (!asked_group.empty()) {
    identity.gid = TRY(find_group(group, asked_group));
  } else if (entry) {
    add_memberships(identity, group, (*entry)[0]);
  }
  identity.is_unknown = !entry;
  identity.group_is_unknown = !find_entry(group, kGroupFields, fmt::format("{}", identity.gid));
  for (const std::string& each : groups) {
    if (each != "keep-groups") add_group(identity, TRY(find_group(group, each)));
  }
  return identity;
}

}  // namespace ocirt::bundle
