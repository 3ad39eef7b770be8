// What tests of real cgroups share: a cgroup of their own in every hierarchy, and a child to put
// in.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

#include "runtime/plan/cgroup.h"
#include "runtime/stages/cgroup.h"
#include "runtime/stages/probe_cgroup.h"
#include "sys/file.h"

namespace ocirt::stages {

// A child that does nothing until it is killed; reaped at the end.
class Sleeper {
 public:
  Sleeper() : pid_(fork()) {
    if (pid_ == 0) {
      while (true) pause();
    }
  }
  Sleeper(const Sleeper&) = delete;
  Sleeper& operator=(const Sleeper&) = delete;
  ~Sleeper() {
    if (pid_ > 0) {
      (void)kill(pid_, SIGKILL);
      (void)waitpid(pid_, nullptr, 0);
    }
  }

  [[nodiscard]] pid_t pid() const { return pid_; }

  // The signal that ended it; waits for that.
  int wait_for_signal() {
    int status = 0;
    EXPECT_EQ(waitpid(pid_, &status, 0), pid_);
    pid_ = 0;
    return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
  }

 private:
  pid_t pid_;
};

class CgroupTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    host_.effective_capabilities = ~uint64_t{0};
    Result<plan::CgroupFacts> facts = probe_cgroups();
    ASSERT_TRUE(facts) << facts.error().message();
    host_.cgroup = *std::move(facts);
    if (host_.cgroup.layout == plan::CgroupLayout::None) GTEST_SKIP() << "needs cgroups";
    config_.linux_ = spec::Linux{.cgroups_path = parent() + "/leaf"};
  }

  void TearDown() override {
    // The plans' directories, and the parent in every hierarchy.
    std::vector<plan::CgroupDirectory> all;
    const auto add = [&](const plan::CgroupHierarchy& hierarchy, bool v2) {
      all.push_back({.v2 = v2, .mount_point = hierarchy.mount_point, .path = parent()});
    };
    for (const plan::CgroupHierarchy& hierarchy : host_.cgroup.v1) add(hierarchy, false);
    if (host_.cgroup.v2) add(*host_.cgroup.v2, true);
    const Result<> removed = remove_cgroup(all);
    EXPECT_TRUE(removed) << removed.error().message();
  }

  static std::string parent() { return "/ocirt-test-" + std::to_string(getpid()); }

  [[nodiscard]] plan::CgroupPlan decide() const {
    Result<plan::CgroupPlan> plan = plan::decide_cgroup(config_, host_, {.id = "test"});
    EXPECT_TRUE(plan) << plan.error().message();
    return plan ? *std::move(plan) : plan::CgroupPlan();
  }

  // The cgroup of config_, made.
  plan::CgroupPlan make() {
    plan::CgroupPlan plan = decide();
    Result<CgroupHandles> handles = make_cgroup(plan);
    EXPECT_TRUE(handles) << handles.error().message();
    if (handles) handles_ = *std::move(handles);
    return plan;
  }

  // Into all directories, born there or not.
  static void enter(const plan::CgroupPlan& plan, pid_t pid) {
    Result<CgroupHandles> handles = open_cgroup(plan.directories, false);
    ASSERT_TRUE(handles) << handles.error().message();
    const Result<> entered = enter_cgroup(plan, *handles, pid);
    ASSERT_TRUE(entered) << entered.error().message();
  }

  static std::string full_path(const plan::CgroupDirectory& directory) {
    return directory.mount_point.text + directory.path;
  }

  static bool exists(const std::string& path) { return access(path.c_str(), F_OK) == 0; }

  // A file's text in the first directory that has it; empty if none has.
  static std::string value(const plan::CgroupPlan& plan, const char* v1, const char* v2) {
    for (const plan::CgroupDirectory& directory : plan.directories) {
      const std::string path = full_path(directory) + "/" + (directory.v2 ? v2 : v1);
      Result<std::string> text = sys::read_file(AT_FDCWD, path.c_str(), 1 << 20);
      if (text) return text->substr(0, text->find_last_not_of('\n') + 1);
    }
    return "";
  }

  [[nodiscard]] bool has_controller(const std::string& name) const {
    const plan::CgroupPlan plan = decide();
    return std::any_of(plan.directories.begin(), plan.directories.end(),
                       [&](const auto& directory) {
                         const auto& all = directory.controllers;
                         return std::find(all.begin(), all.end(), name) != all.end();
                       });
  }

  plan::HostFacts host_;
  spec::Config config_;
  CgroupHandles handles_;
};

}  // namespace ocirt::stages
