// Collects the values of one part of linux.resources. Pure; private to the decisions about cgroups.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>

#include "base/result.h"
#include "runtime/plan/cgroup_limits.h"

namespace ocirt::plan {

/// Writes the values of one controller into a CgroupLimits. `asked` names the config's field in
/// errors ("linux.resources.memory").
class LimitWriter {
 public:
  static Result<LimitWriter> open(const CgroupView& view, CgroupLimits& limits,
                                  std::string_view controller, std::string asked) {
    for (size_t i = 0; i < view.directories.size(); ++i) {
      const CgroupDirectory& directory = view.directories[i];
      if (std::find(directory.controllers.begin(), directory.controllers.end(), controller) ==
          directory.controllers.end()) {
        continue;
      }
      if (directory.v2) need(limits, controller);
      return LimitWriter(limits, i, directory.v2, std::move(asked));
    }
    return controller_error(view, controller, asked);
  }

  [[nodiscard]] bool is_v2() const { return v2_; }

  /// A value whose file has another name in each version.
  void add(std::string_view v1_file, std::string_view v2_file, const std::string& value) {
    add({.file = std::string(v2_ ? v2_file : v1_file), .value = value});
  }

  void add(CgroupWrite write) {
    write.directory = directory_;
    limits_->writes.push_back(std::move(write));
  }

  /// The error for a field that only one version has.
  [[nodiscard]] Error no_such_setting(std::string_view field) const {
    return make_error(ErrorKind::Unsupported, asked_ + "." + std::string(field) + ": cgroup " +
                                                  (v2_ ? "v2" : "v1") + " has no such setting");
  }

  [[nodiscard]] Error invalid(std::string_view field, std::string_view problem) const {
    return make_error(ErrorKind::InvalidConfig,
                      asked_ + "." + std::string(field) + ": " + std::string(problem));
  }

 private:
  LimitWriter(CgroupLimits& limits, size_t directory, bool v2, std::string asked)
      : limits_(&limits), directory_(directory), v2_(v2), asked_(std::move(asked)) {}

  static void need(CgroupLimits& limits, std::string_view controller) {
    std::vector<std::string>& needed = limits.v2_controllers;
    if (std::find(needed.begin(), needed.end(), controller) == needed.end()) {
      needed.emplace_back(controller);
    }
  }

  CgroupLimits* limits_;
  size_t directory_;
  bool v2_;
  std::string asked_;
};

// The parts in files of their own.
Result<> decide_block_io(const spec::BlockIo& asked, const CgroupView& view, CgroupLimits& limits);
Result<> decide_network(const spec::NetworkClass& asked, const CgroupView& view,
                        CgroupLimits& limits);
Result<> decide_rdma(const std::map<std::string, spec::Rdma>& asked, const CgroupView& view,
                     CgroupLimits& limits);
Result<> decide_hugepages(const std::vector<spec::HugepageLimit>& asked, const CgroupView& view,
                          CgroupLimits& limits);
Result<> decide_unified(const std::map<std::string, std::string>& asked, const CgroupView& view,
                        CgroupLimits& limits);

}  // namespace ocirt::plan
