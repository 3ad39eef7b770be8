// Reads HostFacts that a golden case writes down as JSON. Tests only.
#include "tests/golden/host_json.h"

#include <cstdint>
#include <set>
#include <stdexcept>
#include <string>
#include <vector>

#include "runtime/plan/names.h"

namespace ocirt::golden {

namespace {

using nlohmann::json;

uint64_t read_capabilities(const json& value, int last) {
  if (value == "all") return (uint64_t{2} << last) - 1;
  uint64_t set = 0;
  for (const std::string name : value) set |= uint64_t{1} << plan::capability_number(name).value();
  return set;
}

std::vector<spec::IdMapping> read_map(const json& value) {
  std::vector<spec::IdMapping> map;
  for (const json& entry : value) {
    map.push_back({.container_id = entry.at(0), .host_id = entry.at(1), .size = entry.at(2)});
  }
  return map;
}

std::vector<plan::SubordinateRange> read_ranges(const json& value) {
  std::vector<plan::SubordinateRange> ranges;
  for (const json& entry : value) ranges.push_back({.start = entry.at(0), .size = entry.at(1)});
  return ranges;
}

plan::CgroupHierarchy read_hierarchy(const json& value) {
  return {.controllers = value.at("controllers"),
          .mount_point = {value.at("mount_point")},
          .own_path = value.at("own_path")};
}

plan::CgroupLayout read_layout(const std::string& name) {
  if (name == "none") return plan::CgroupLayout::None;
  if (name == "v1") return plan::CgroupLayout::V1;
  if (name == "hybrid") return plan::CgroupLayout::Hybrid;
  if (name == "v2") return plan::CgroupLayout::V2;
  throw std::runtime_error("no cgroup layout is named " + name);
}

plan::CgroupFacts read_cgroup(const json& value) {
  plan::CgroupFacts facts;
  facts.layout = read_layout(value.at("layout"));
  for (const json& hierarchy : value.value("v1", json::array())) {
    facts.v1.push_back(read_hierarchy(hierarchy));
  }
  if (value.contains("v2")) facts.v2 = read_hierarchy(value.at("v2"));
  facts.own_v2_writable = value.value("own_v2_writable", false);
  return facts;
}

plan::SystemdFacts read_systemd(const json& value) {
  plan::SystemdFacts facts;
  facts.is_running = value.at("is_running");
  facts.system_bus = value.value("system_bus", "unix:path=/run/dbus/system_bus_socket");
  facts.system_bus_exists = value.value("system_bus_exists", facts.is_running);
  for (const json& bus : value.value("session_buses", json::array())) {
    facts.session_buses.push_back({.origin = bus.at("origin"),
                                   .address = bus.at("address"),
                                   .exists = bus.at("exists"),
                                   .is_own = bus.at("is_own")});
  }
  facts.runtime_directory = value.value("runtime_directory", "");
  facts.runtime_directory_is_own = value.value("runtime_directory_is_own", false);
  facts.manager_path = value.value("manager_path", "");
  for (const json& level : value.value("manager_levels", json::array())) {
    facts.manager_levels.push_back({.path = level.at("path"),
                                    .controllers = level.at("controllers"),
                                    .writable = level.value("writable", false)});
  }
  return facts;
}

/// A typing error in a fact would leave the default in its place.
void check_keys(const json& host) {
  const std::set<std::string> known = {
      "euid",
      "egid",
      "groups",
      "in_user_namespace",
      "effective_capabilities",
      "bounding_capabilities",
      "last_capability",
      "own_uid_map",
      "own_gid_map",
      "subordinate_uids",
      "subordinate_gids",
      "has_newuidmap",
      "setgroups_allowed",
      "owns_mount_namespace",
      "cgroup",
      "systemd",
      "apparmor",
      "selinux",
  };
  for (const auto& [key, value] : host.items()) {
    if (!known.contains(key)) throw std::runtime_error("HostFacts has no field " + key);
  }
}

}  // namespace

plan::HostFacts read_host_facts(const json& host) {
  check_keys(host);
  const json none = json::array();
  plan::HostFacts facts;
  facts.last_capability = host.at("last_capability");
  facts.euid = host.value("euid", facts.euid);
  facts.egid = host.value("egid", facts.egid);
  facts.groups = host.value("groups", facts.groups);
  facts.in_user_namespace = host.value("in_user_namespace", facts.in_user_namespace);
  facts.effective_capabilities =
      read_capabilities(host.value("effective_capabilities", none), facts.last_capability);
  facts.bounding_capabilities =
      read_capabilities(host.value("bounding_capabilities", none), facts.last_capability);
  facts.own_uid_map = read_map(host.value("own_uid_map", none));
  facts.own_gid_map = read_map(host.value("own_gid_map", none));
  facts.subordinate_uids = read_ranges(host.value("subordinate_uids", none));
  facts.subordinate_gids = read_ranges(host.value("subordinate_gids", none));
  facts.has_newuidmap = host.value("has_newuidmap", facts.has_newuidmap);
  facts.setgroups_allowed = host.value("setgroups_allowed", facts.setgroups_allowed);
  facts.owns_mount_namespace = host.value("owns_mount_namespace", facts.owns_mount_namespace);
  facts.cgroup = read_cgroup(host.at("cgroup"));
  if (host.contains("systemd")) facts.systemd = read_systemd(host.at("systemd"));
  facts.apparmor = host.value("apparmor", facts.apparmor);
  facts.selinux = host.value("selinux", facts.selinux);
  return facts;
}

}  // namespace ocirt::golden
