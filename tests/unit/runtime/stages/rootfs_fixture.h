// A rootfs to build and enter in a child, as the spine does it.
#pragma once

#include <sched.h>
#include <sys/mount.h>
#include <sys/stat.h>

#include <functional>
#include <string>
#include <utility>

#include "runtime/stages/lock_paths.h"
#include "runtime/stages/rootfs.h"
#include "tests/unit/support/scratch.h"

namespace ocirt::stages {

using test::exists;
using test::kind_of;
using test::read_text;

constexpr int kContainer = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNET;

/// Builds without a creator: the process is in its cgroup.
inline Result<> build_on_the_spot(const plan::RootfsPlan& plan, RootfsHandles& held) {
  const plan::CreatePlan nothing;
  const Channel nobody(-1);
  const CgroupHandles no_handles;
  AwaitedCgroup cgroup(nothing, no_handles, nobody);
  return build_rootfs(plan, held, cgroup);
}

/// Acquires on the host; builds, pivots and locks in a child, and runs `body` there at the end.
inline std::string enter_rootfs(
    const plan::RootfsPlan& plan, int namespaces = kContainer,
    const std::function<std::string()>& body = [] { return std::string(); }) {
  Result<RootfsHandles> held = acquire_rootfs(plan);
  if (!held) return held.error().message();
  return test::in_child(namespaces, [&]() -> std::string {
    Result<> done = build_on_the_spot(plan, *held);
    if (done) done = pivot(plan, *held);
    if (done) done = lock_paths(plan, *held);
    return done ? body() : done.error().message();
  });
}

class RootfsTest : public ::testing::Test {
 protected:
  RootfsTest() {
    scratch_.directory("root");
    plan_.root = HostPath{scratch_ / "root"};
    plan_.inherited_propagation = MS_SLAVE | MS_REC;
  }

  plan::MountFilesystem tmpfs(const std::string& destination) const {
    return {.destination = {destination}, .type = "tmpfs", .source = "tmpfs"};
  }
  plan::MountFilesystem proc() const {
    return {
        .destination = {"/proc"}, .type = "proc", .source = "proc", .needs_plain_directory = true};
  }
  plan::BindMount bind(const std::string& source, const std::string& destination) const {
    return {.destination = {destination}, .source = {scratch_ / source}};
  }
  plan::MakeDevice null_device() const {
    return {.path = {"/dev/null"}, .type = S_IFCHR, .major = 1, .minor = 3, .mode = 0666};
  }
  void add(plan::RootfsOperation operation) { plan_.operations.push_back(std::move(operation)); }

  test::ScratchDir scratch_;
  plan::RootfsPlan plan_;
};

}  // namespace ocirt::stages

/// Enters `plan` and runs a body in it; a report fails the test, or skips it.
#define OCIRT_IN_ROOTFS(plan, namespaces, ...)                                      \
  do {                                                                              \
    const std::string report_ =                                                     \
        ::ocirt::stages::enter_rootfs(plan, namespaces __VA_OPT__(, ) __VA_ARGS__); \
    if (report_.starts_with("skip: ")) GTEST_SKIP() << report_;                     \
    EXPECT_EQ(report_, "");                                                         \
  } while (0)
