#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include <array>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

TEST_F(RootfsTest, ADeviceHasExactlyTheModeAndOwnerThatWereAsked) {
  plan::MakeDevice device = null_device();
  device.path = {"/dev/net/null"};
  device.mode = 0627;
  device.uid = 7;
  device.gid = 8;
  add(device);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    struct stat status {};
    OCIRT_CHECK(::stat("/dev/net/null", &status) == 0);
    OCIRT_CHECK(status.st_rdev == ::makedev(1, 3) && status.st_mode == (S_IFCHR | 0627));
    OCIRT_CHECK(status.st_uid == 7 && status.st_gid == 8);
    return "";
  });
}

TEST_F(RootfsTest, AFifoIsADevice) {
  add(plan::MakeDevice{.path = {"/run/fifo"}, .type = S_IFIFO, .mode = 0600});
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(kind_of("/run/fifo") == "fifo");
    return "";
  });
}

TEST_F(RootfsTest, TheRightDeviceThatIsThereStays) {
  scratch_.directory("root/dev");
  const std::string path = scratch_ / "root/dev/null";
  ASSERT_EQ(::mknod(path.c_str(), S_IFCHR | 0600, ::makedev(1, 3)), 0);
  ASSERT_EQ(::chmod(path.c_str(), 0640), 0);
  add(null_device());
  OCIRT_IN_ROOTFS(plan_, kContainer);
  struct stat status {};
  ASSERT_EQ(::stat(path.c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 07777, 0640u);
}

TEST_F(RootfsTest, AnotherFileInTheDevicesPlaceIsAnError) {
  scratch_.directory("root/dev");
  add(null_device());
  const std::string path = scratch_ / "root/dev/null";
  ASSERT_EQ(::mknod(path.c_str(), S_IFCHR | 0600, ::makedev(1, 5)), 0);
  const std::string expected = "make device \"/dev/null\": the container has another file there";
  EXPECT_EQ(enter_rootfs(plan_), expected);
  ASSERT_EQ(::unlink(path.c_str()), 0);
  scratch_.file("root/dev/null");
  EXPECT_EQ(enter_rootfs(plan_), expected);
}

// CVE-2026-41579, CVE-2026-47766
TEST_F(RootfsTest, DevMayBeALinkButNothingIsTouchedOutside) {
  scratch_.directory("outside");
  scratch_.file("outside/ptmx", "marker");
  for (const std::string& target : {scratch_ / "outside", std::string("../outside")}) {
    scratch_.link("root/dev", target);
    plan_.operations = {
        null_device(), plan::MakeSymlink{.path = {"/dev/fd"}, .target = "/proc/self/fd"},
        plan::MakeSymlink{.path = {"/dev/ptmx"}, .target = "pts/ptmx", .replace = true}};
    OCIRT_IN_ROOTFS(plan_, kContainer);
    ASSERT_EQ(::unlink((scratch_ / "root/dev").c_str()), 0);
  }
  EXPECT_EQ(read_text(scratch_ / "outside/ptmx"), "marker");
  EXPECT_FALSE(exists(scratch_ / "outside/null"));
  EXPECT_FALSE(exists(scratch_ / "outside/fd"));
}

TEST_F(RootfsTest, ALinkReplacesOnlyWhenAsked) {
  scratch_.directory("root/dev");
  scratch_.file("root/dev/ptmx", "image's");
  scratch_.file("root/dev/fd", "image's");
  add(plan::MakeSymlink{.path = {"/dev/ptmx"}, .target = "pts/ptmx", .replace = true});
  add(plan::MakeSymlink{.path = {"/dev/fd"}, .target = "/proc/self/fd"});
  OCIRT_IN_ROOTFS(plan_, kContainer);
  EXPECT_EQ(kind_of(scratch_ / "root/dev/ptmx"), "link");
  EXPECT_EQ(read_text(scratch_ / "root/dev/fd"), "image's");
}

TEST_F(RootfsTest, ALinkThatIsRightStaysAsItIs) {
  scratch_.directory("root/dev");
  scratch_.link("root/dev/ptmx", "pts/ptmx");
  scratch_.link("root/dev/other", "elsewhere");
  struct stat before {};
  ASSERT_EQ(::lstat((scratch_ / "root/dev/ptmx").c_str(), &before), 0);
  add(plan::MakeSymlink{.path = {"/dev/ptmx"}, .target = "pts/ptmx", .replace = true});
  add(plan::MakeSymlink{.path = {"/dev/other"}, .target = "pts/ptmx", .replace = true});
  OCIRT_IN_ROOTFS(plan_, kContainer);
  struct stat after {};
  ASSERT_EQ(::lstat((scratch_ / "root/dev/ptmx").c_str(), &after), 0);
  EXPECT_EQ(before.st_ctim.tv_nsec, after.st_ctim.tv_nsec);
  std::array<char, 16> target{};
  ASSERT_GT(::readlink((scratch_ / "root/dev/other").c_str(), target.data(), target.size()), 0);
  EXPECT_STREQ(target.data(), "pts/ptmx");
}

// The directory of devices is looked up once, but a mount between them may cover it.
TEST_F(RootfsTest, DevicesGoWhereTheirDirectoryIsByThen) {
  add(plan::MakeSymlink{.path = {"/dev/before"}, .target = "x"});
  add(tmpfs("/dev"));
  add(plan::MakeSymlink{.path = {"/dev/after"}, .target = "x"});
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(kind_of("/dev/after") == "link" && kind_of("/dev/before") == "nothing");
    return "";
  });
  EXPECT_EQ(kind_of(scratch_ / "root/dev/before"), "link");
  EXPECT_EQ(kind_of(scratch_ / "root/dev/after"), "nothing");
}

TEST_F(RootfsTest, ABoundDeviceMustBeTheOneThatWasAsked) {
  plan::MakeDevice device = null_device();
  device.bind_from_host = true;
  device.minor = 5;
  add(device);
  EXPECT_EQ(enter_rootfs(plan_),
            "make device \"/dev/null\": the host's file of the same name is another device, and a "
            "user namespace can't make devices");
}

}  // namespace
}  // namespace ocirt::stages
