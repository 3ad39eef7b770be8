// Tests of mounts that show other users' files, on the real kernel. As root.
#include "runtime/stages/mount_id_maps.h"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

const plan::MountIdMap kSwapped = {
    .uids = {{.container_id = 1000, .host_id = 0, .size = 1},
             {.container_id = 0, .host_id = 2000, .size = 1}},
    .gids = {{.container_id = 1000, .host_id = 5, .size = 1}},
    .user_namespace = {},
};

/// "UID:GID" of a file.
std::string owner_of(const std::string& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return "no such file";
  return std::to_string(status.st_uid) + ":" + std::to_string(status.st_gid);
}

class MountIdMapsTest : public RootfsTest {
 protected:
  void SetUp() override {
    if (::geteuid() != 0) GTEST_SKIP() << "needs root";
    scratch_.directory("data");
    scratch_.file("data/file", "text");
    ASSERT_EQ(::chown((scratch_ / "data/file").c_str(), 1000, 1000), 0);
  }
};

TEST_F(MountIdMapsTest, ABindShowsOtherOwners) {
  plan::BindMount mapped = bind("data", "/mapped");
  mapped.id_map = kSwapped;
  add(mapped);
  add(bind("data", "/plain"));
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(owner_of("/mapped/file") == "0:5");
    OCIRT_CHECK(owner_of("/plain/file") == "1000:1000");
    return "";
  });
}

TEST_F(MountIdMapsTest, ANewFileGetsTheFileSystemsIds) {
  plan::BindMount mapped = bind("data", "/mapped");
  mapped.id_map = kSwapped;
  mapped.id_map->gids.push_back({.container_id = 7, .host_id = 0, .size = 1});
  add(mapped);
  // Of the root of the mount, too: whoever is in no map may not write.
  ASSERT_EQ(::chown((scratch_ / "data").c_str(), 1000, 1000), 0);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(::mkdir("/mapped/made", 0755) == 0);
    return "";
  });
  EXPECT_EQ(owner_of(scratch_ / "data/made"), "1000:7");
}

TEST_F(MountIdMapsTest, ANewFileSystemShowsOtherOwners) {
  plan::MountFilesystem mount = tmpfs("/new");
  mount.id_map = {.uids = {{.container_id = 0, .host_id = 3000, .size = 1}},
                  .gids = {{.container_id = 0, .host_id = 4000, .size = 1}},
                  .user_namespace = {}};
  add(mount);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(owner_of("/new") == "3000:4000");
    return "";
  });
}

TEST_F(MountIdMapsTest, AnExistingNamespaceLendsItsMaps) {
  MountIdMaps maps;
  Result<int> made = maps.namespace_of(kSwapped);
  ASSERT_TRUE(made) << made.error().message();
  plan::BindMount mapped = bind("data", "/mapped");
  mapped.id_map = {
      .uids = {}, .gids = {}, .user_namespace = {"/proc/self/fd/" + std::to_string(*made)}};
  add(mapped);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(owner_of("/mapped/file") == "0:5");
    return "";
  });
}

TEST_F(MountIdMapsTest, EqualMapsShareANamespace) {
  MountIdMaps maps;
  plan::MountIdMap recursive = kSwapped;
  recursive.recursive = true;
  plan::MountIdMap other = kSwapped;
  other.gids[0].host_id = 6;
  const Result<int> first = maps.namespace_of(kSwapped);
  const Result<int> second = maps.namespace_of(recursive);
  const Result<int> third = maps.namespace_of(other);
  ASSERT_TRUE(first && second && third);
  EXPECT_EQ(*first, *second);
  EXPECT_NE(*first, *third);
}

TEST_F(MountIdMapsTest, AFileSystemThatCannotMapIdsSaysSo) {
  plan::BindMount mapped = {.destination = {"/mapped"}, .source = {"/proc/sys"}};
  mapped.id_map = kSwapped;
  add(mapped);
  Result<RootfsHandles> held = acquire_rootfs(plan_);
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(held.error().text, "mount \"/proc/sys\" on \"/mapped\": map its ids");
  EXPECT_NE(held.error().hint.find("file system can't map ids"), std::string::npos);
}

TEST_F(MountIdMapsTest, NothingStaysOfTheProcessThatMadeTheNamespace) {
  {
    MountIdMaps maps;
    ASSERT_TRUE(maps.namespace_of(kSwapped));
  }
  EXPECT_EQ(::waitpid(-1, nullptr, WNOHANG), -1);
}

}  // namespace
}  // namespace ocirt::stages
