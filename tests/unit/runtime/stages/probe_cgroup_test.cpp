// The cgroups of this host, checked against the kernel's files and against libcgroup.
#include "runtime/stages/probe_cgroup.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <libcgroup.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <string>

#include "sys/file.h"

namespace ocirt::stages {
namespace {

TEST(ProbeCgroups, OurOwnCgroupHoldsUs) {
  const Result<plan::CgroupFacts> facts = probe_cgroups();
  ASSERT_TRUE(facts) << facts.error().message();
  const auto expect_us = [](const plan::CgroupHierarchy& hierarchy) {
    const std::string path = hierarchy.mount_point.text + hierarchy.own_path + "/cgroup.procs";
    const Result<std::string> procs = sys::read_file(AT_FDCWD, path.c_str(), 1 << 20);
    ASSERT_TRUE(procs) << procs.error().message();
    EXPECT_NE(("\n" + *procs).find("\n" + std::to_string(getpid()) + "\n"), std::string::npos)
        << path;
  };
  for (const plan::CgroupHierarchy& hierarchy : facts->v1) expect_us(hierarchy);
  if (facts->v2) expect_us(*facts->v2);
}

// libcgroup reads all mounts to find them; we mostly look where they usually are.
TEST(ProbeCgroups, FindsWhatLibcgroupFinds) {
  const int status = cgroup_init();
  if (status != 0) GTEST_SKIP() << "libcgroup: " << cgroup_strerror(status);
  std::map<std::string, std::string> theirs, ours;
  void* iterator = nullptr;
  cgroup_mount_point mount = {};
  int result = cgroup_get_controller_begin(&iterator, &mount);
  for (; result == 0; result = cgroup_get_controller_next(&iterator, &mount)) {
    theirs[mount.name] = mount.path;
  }
  cgroup_get_controller_end(&iterator);

  const Result<plan::CgroupFacts> facts = probe_cgroups();
  ASSERT_TRUE(facts) << facts.error().message();
  for (const plan::CgroupHierarchy& hierarchy : facts->v1) {
    for (const std::string& name : hierarchy.controllers) {
      // Named hierarchies have no controller, so libcgroup may leave them out.
      if (name.starts_with("name=") && !theirs.contains(name)) continue;
      ours[name] = hierarchy.mount_point.text;
    }
  }
  if (facts->v2) {
    for (const std::string& name : facts->v2_levels.front().controllers) {
      ours[name] = facts->v2->mount_point.text;
    }
  }
  EXPECT_EQ(ours, theirs);
}

TEST(ProbeCgroups, LevelsLeadFromTheMountPointToUs) {
  const Result<plan::CgroupFacts> facts = probe_cgroups();
  ASSERT_TRUE(facts);
  if (!facts->v2) GTEST_SKIP() << "no v2 tree";
  EXPECT_EQ(facts->v2_levels.front().path, "/");
  EXPECT_EQ(facts->v2_levels.back().path, facts->v2->own_path);
  EXPECT_EQ(facts->v2_levels.back().controllers, facts->v2->controllers);
  EXPECT_EQ(facts->v2_levels.back().writable, facts->own_v2_writable);
}

}  // namespace
}  // namespace ocirt::stages
