#include <fcntl.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

unsigned long mount_flags(const std::string& path) {
  struct statvfs status {};
  return ::statvfs(path.c_str(), &status) == 0 ? status.f_flag : ~0UL;
}

mode_t mode_of(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 ? status.st_mode & 07777 : ~0U;
}

// --- binds -------------------------------------------------------------------------------------

TEST_F(RootfsTest, ABindMakesItsDestination) {
  scratch_.directory("data");
  scratch_.file("data/file", "text");
  add(bind("data", "/made/for/it"));
  add(bind("data/file", "/also/made"));
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(read_text("/made/for/it/file") == "text" && read_text("/also/made") == "text");
    return "";
  });
  EXPECT_EQ(kind_of(scratch_ / "root/made/for/it"), "directory");
  EXPECT_EQ(kind_of(scratch_ / "root/also/made"), "file");
}

TEST_F(RootfsTest, ARelativeDestinationIsBelowTheRoot) {
  scratch_.file("file", "text");
  add(bind("file", "some/where"));
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(read_text("/some/where") == "text");
    return "";
  });
}

TEST_F(RootfsTest, ADestinationThroughALinkStaysBelowTheRoot) {
  scratch_.directory("canary");
  scratch_.file("file", "text");
  scratch_.link("root/abs", scratch_ / "canary");
  scratch_.link("root/rel", "../canary");
  add(bind("file", "/abs/file"));
  add(bind("file", "/rel/file"));
  add(tmpfs("/abs/tmpfs"));
  OCIRT_IN_ROOTFS(plan_, kContainer);
  EXPECT_FALSE(exists(scratch_ / "canary/file"));
  EXPECT_FALSE(exists(scratch_ / "canary/tmpfs"));
  EXPECT_EQ(kind_of(scratch_ / "root/canary/file"), "file");
}

TEST_F(RootfsTest, ADestinationThatIsALinkIsFollowedUnlessAskedNotTo) {
  scratch_.file("source", "new");
  scratch_.file("root/target", "old");
  scratch_.link("root/link", "/target");
  plan::BindMount followed = bind("source", "/link");
  add(followed);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(read_text("/target") == "new");
    return "";
  });
  followed.destination_nofollow = true;
  plan_.operations = {followed};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(read_text("/target") == "old" && read_text("/link") == "new");
    return "";
  });
}

TEST_F(RootfsTest, ACopiedLinkIsALink) {
  scratch_.link("link", "/where/ever");
  scratch_.file("file", "text");
  for (const char* source : {"link", "file"}) {
    plan::BindMount copied = bind(source, std::string("/etc/") + source);
    copied.copy_symlink = true;
    add(copied);
  }
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(kind_of("/etc/link") == "link" && read_text("/etc/file") == "text");
    return "";
  });
  EXPECT_EQ(kind_of(scratch_ / "root/etc/link"), "link");
}

TEST_F(RootfsTest, AReadonlyBindKeepsWhatTheSourceHas) {
  scratch_.directory("data");
  plan::BindMount data = bind("data", "/data");
  data.attributes = {.set = MOUNT_ATTR_RDONLY};
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    OCIRT_CHECK(::mount("t", (scratch_ / "data").c_str(), "tmpfs", MS_NOSUID | MS_NODEV, nullptr) ==
                0);
    plan_.operations = {data};
    return enter_rootfs(plan_, CLONE_NEWNS, []() -> std::string {
      constexpr unsigned long kAll = ST_RDONLY | ST_NOSUID | ST_NODEV;
      OCIRT_CHECK((mount_flags("/data") & kAll) == kAll);
      return "";
    });
  });
}

// One mount below another: options for the top leave the inner one alone, recursive ones don't.
TEST_F(RootfsTest, RecursiveAttributesReachInnerMounts) {
  scratch_.directory("data/inner");
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    const std::string data = scratch_ / "data";
    OCIRT_CHECK(::mount(data.c_str(), data.c_str(), nullptr, MS_BIND, nullptr) == 0);
    OCIRT_CHECK(::mount("t", (data + "/inner").c_str(), "tmpfs", 0, nullptr) == 0);
    plan::BindMount top = bind("data", "/top");
    top.recursive = true;
    top.attributes = {.set = MOUNT_ATTR_RDONLY};
    plan::BindMount whole = bind("data", "/whole");
    whole.recursive = true;
    whole.recursive_attributes = {.set = MOUNT_ATTR_RDONLY};
    plan::BindMount alone = bind("data", "/alone");
    plan_.operations = {top, whole, alone};
    return enter_rootfs(plan_, CLONE_NEWNS, []() -> std::string {
      OCIRT_CHECK((mount_flags("/top") & ST_RDONLY) != 0);
      OCIRT_CHECK((mount_flags("/top/inner") & ST_RDONLY) == 0);
      OCIRT_CHECK((mount_flags("/whole") & mount_flags("/whole/inner") & ST_RDONLY) != 0);
      OCIRT_CHECK((mount_flags("/alone/inner") & ST_RDONLY) == 0);
      return "";
    });
  });
}

// mount_namespaces(7): restrictions of a mount from a more privileged namespace are locked.
TEST_F(RootfsTest, LockedFlagsStayInAUserNamespace) {
  scratch_.directory("data");
  plan::BindMount data = bind("data", "/data");
  data.opened_by = plan::OpenedBy::Init;
  data.attributes = {.set = MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NOATIME,
                     .clear = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR__ATIME};
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    OCIRT_CHECK(::mount("t", (scratch_ / "data").c_str(), "tmpfs", MS_NOSUID | MS_RDONLY, "") == 0);
    plan_.opened_by = plan::OpenedBy::Init;
    plan_.operations = {data};
    return enter_rootfs(plan_, CLONE_NEWNS | CLONE_NEWUSER, []() -> std::string {
      constexpr unsigned long kAll = ST_RDONLY | ST_NOSUID | ST_NOEXEC;
      OCIRT_CHECK((mount_flags("/data") & kAll) == kAll);
      return "";
    });
  });
}

// The creator's clone carries the creator's rights until it is attached, so nothing is locked yet.
TEST_F(RootfsTest, ABindOfThePrivilegedCreatorCanBeLoosenedInAUserNamespace) {
  scratch_.directory("data");
  plan::BindMount data = bind("data", "/data");
  data.attributes = {.set = MOUNT_ATTR_NOEXEC, .clear = MOUNT_ATTR_RDONLY};
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    OCIRT_CHECK(::mount("t", (scratch_ / "data").c_str(), "tmpfs", 0, "") == 0);
    OCIRT_CHECK(::mount(nullptr, (scratch_ / "data").c_str(), nullptr,
                        MS_REMOUNT | MS_BIND | MS_RDONLY, nullptr) == 0);
    plan_.operations = {data};
    return enter_rootfs(plan_, CLONE_NEWNS | CLONE_NEWUSER, []() -> std::string {
      OCIRT_CHECK((mount_flags("/data") & (ST_RDONLY | ST_NOEXEC)) == ST_NOEXEC);
      return "";
    });
  });
}

TEST_F(RootfsTest, ChangeMountRestrictsAMountThatIsThere) {
  add(tmpfs("/data"));
  add(plan::ChangeMount{.destination = {"/data"},
                        .attributes = {.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOEXEC}});
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    constexpr unsigned long kAll = ST_RDONLY | ST_NOEXEC;
    OCIRT_CHECK((mount_flags("/data") & kAll) == kAll);
    return "";
  });
}

TEST_F(RootfsTest, ChangeMountOfNoMountIsAnError) {
  scratch_.directory("root/data");
  add(plan::ChangeMount{.destination = {"/data"}, .attributes = {.set = MOUNT_ATTR_RDONLY}});
  EXPECT_EQ(enter_rootfs(plan_), "change the mount on \"/data\": nothing is mounted there");
}

// --- errors name both sides --------------------------------------------------------------------

TEST_F(RootfsTest, AMissingSourceIsNamed) {
  add(bind("missing", "/data"));
  EXPECT_EQ(enter_rootfs(plan_), "mount \"" + (scratch_ / "missing") +
                                     "\" on \"/data\": open the host path: No such file or "
                                     "directory");
}

TEST_F(RootfsTest, ADirectoryOnAFileIsExplained) {
  scratch_.directory("source");
  scratch_.file("root/app.yml");
  add(bind("source", "/app.yml"));
  EXPECT_EQ(enter_rootfs(plan_), "mount \"" + (scratch_ / "source") +
                                     "\" on \"/app.yml\": the host path is a directory, the "
                                     "container path is not");
}

TEST_F(RootfsTest, AFileOnADirectoryIsExplained) {
  scratch_.file("source");
  scratch_.directory("root/etc");
  add(bind("source", "/etc"));
  EXPECT_EQ(enter_rootfs(plan_), "mount \"" + (scratch_ / "source") +
                                     "\" on \"/etc\": the container path is a directory, the host "
                                     "path is not");
}

TEST_F(RootfsTest, AFileOnTheWayIsNamed) {
  scratch_.file("source");
  scratch_.directory("root/etc");
  scratch_.file("root/etc/unmask");
  add(bind("source", "/etc/unmask/host"));
  EXPECT_EQ(
      enter_rootfs(plan_),
      "mount \"" + (scratch_ / "source") +
          "\" on \"/etc/unmask/host\": \"/etc/unmask/host\": \"/etc/unmask\" is no directory: "
          "Not a directory");
}

TEST_F(RootfsTest, AnUnknownOptionIsExplainedByTheKernel) {
  plan::MountFilesystem mount = tmpfs("/tmp");
  mount.options = {{"sise", "1m"}};
  add(mount);
  EXPECT_EQ(enter_rootfs(plan_),
            "mount \"tmpfs\" on \"/tmp\": option \"sise=1m\" (the kernel says: tmpfs: Unknown "
            "parameter 'sise'): Invalid argument");
}

// --- proc and sysfs ----------------------------------------------------------------------------

// CVE-2019-19921, CVE-2023-27561
TEST_F(RootfsTest, ProcIsNotMountedThroughALink) {
  scratch_.directory("root/bad-proc");
  add(proc());
  for (const char* target : {"/bad-proc", "bad-proc", "/dangling", "proc"}) {
    ASSERT_EQ(::unlink((scratch_ / "root/proc").c_str()) == 0 || errno == ENOENT, true);
    scratch_.link("root/proc", target);
    EXPECT_EQ(enter_rootfs(plan_),
              "mount \"proc\" on \"/proc\": must be mounted on ordinary directory")
        << target;
  }
}

TEST_F(RootfsTest, ProcIsNotMountedOnAFile) {
  scratch_.file("root/proc");
  add(proc());
  EXPECT_EQ(enter_rootfs(plan_),
            "mount \"proc\" on \"/proc\": must be mounted on ordinary directory");
}

// CVE-2019-16884
TEST_F(RootfsTest, OnlyAProcfsIsBoundOnProc) {
  scratch_.directory("fake/self");
  plan::BindMount fake = bind("fake", "/proc");
  fake.source_is_procfs = true;
  add(fake);
  EXPECT_EQ(enter_rootfs(plan_), "mount \"" + (scratch_ / "fake") +
                                     "\" on \"/proc\": only a procfs may be mounted there");
  fake.source = {"/proc/sys"};
  plan_.operations = {fake};
  EXPECT_EQ(enter_rootfs(plan_),
            "mount \"/proc/sys\" on \"/proc\": only a procfs may be mounted there");
  fake.source = {"/proc"};
  fake.recursive = true;
  plan_.operations = {fake};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(exists("/proc/1/status"));
    return "";
  });
}

// --- cgroup ------------------------------------------------------------------------------------

TEST_F(RootfsTest, CgroupFileSystemsAreMounted) {
  const std::string mounts = read_text("/proc/self/mountinfo");
  if (mounts.find(" - cgroup2 ") == std::string::npos) GTEST_SKIP() << "no cgroup2 on this host";
  add(plan::MountFilesystem{.destination = {"/sys/fs/cgroup"},
                            .type = "cgroup2",
                            .source = "cgroup",
                            .attributes = {.set = MOUNT_ATTR_RDONLY}});
  const bool has_v1 = mounts.find(" - cgroup cgroup rw,pids") != std::string::npos;
  if (has_v1) {
    add(plan::MountFilesystem{.destination = {"/sys/fs/pids"},
                              .type = "cgroup",
                              .source = "cgroup",
                              .options = {{"pids", std::nullopt}}});
  }
  OCIRT_IN_ROOTFS(plan_, kContainer | CLONE_NEWCGROUP, [&]() -> std::string {
    OCIRT_CHECK(exists("/sys/fs/cgroup/cgroup.procs"));
    OCIRT_CHECK((mount_flags("/sys/fs/cgroup") & ST_RDONLY) != 0);
    OCIRT_CHECK(!has_v1 || exists("/sys/fs/pids/tasks"));
    return "";
  });
}

// --- tmpfs -------------------------------------------------------------------------------------

TEST_F(RootfsTest, ATmpfsKeepsTheModeOfWhatItCovers) {
  scratch_.directory("root/there");
  ASSERT_EQ(::chmod((scratch_ / "root/there").c_str(), 01711), 0);
  for (const char* destination : {"/there", "/new"}) {
    plan::MountFilesystem mount = tmpfs(destination);
    mount.keep_mode = true;
    add(mount);
  }
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(mode_of("/there") == 01711, std::to_string(mode_of("/there")));
    OCIRT_CHECK(mode_of("/new") == 01777, std::to_string(mode_of("/new")));
    return "";
  });
}

TEST_F(RootfsTest, CopyUpCopiesAllThatTheImageHas) {
  scratch_.directory("root/data/sub/deep");
  scratch_.file("root/data/sub/deep/file", std::string(300000, 'x'));
  scratch_.file("root/data/tool", "#!/bin/sh\n");
  scratch_.link("root/data/link", "/outside");
  const std::string tool = scratch_ / "root/data/tool";
  ASSERT_EQ(::chown(tool.c_str(), 7, 8), 0);
  ASSERT_EQ(::chmod(tool.c_str(), 04751), 0);
  const bool has_attributes = ::setxattr(tool.c_str(), "trusted.test", "value", 5, 0) == 0;
  ASSERT_EQ(::mkfifo((scratch_ / "root/data/fifo").c_str(), 0600), 0);
  ASSERT_EQ(::chmod((scratch_ / "root/data/sub").c_str(), 02750), 0);

  plan::MountFilesystem mount = tmpfs("/data");
  mount.copy_up = true;
  mount.attributes = {.set = MOUNT_ATTR_RDONLY};
  add(mount);
  OCIRT_IN_ROOTFS(plan_, kContainer, [&]() -> std::string {
    OCIRT_CHECK((mount_flags("/data") & ST_RDONLY) != 0);
    OCIRT_CHECK(read_text("/data/sub/deep/file") == std::string(300000, 'x'));
    struct stat status {};
    OCIRT_CHECK(::stat("/data/tool", &status) == 0 && status.st_uid == 7 && status.st_gid == 8);
    OCIRT_CHECK(mode_of("/data/tool") == 04751 && mode_of("/data/sub") == 02750);
    OCIRT_CHECK(kind_of("/data/link") == "link" && kind_of("/data/fifo") == "fifo");
    char value[8] = {};
    OCIRT_CHECK(!has_attributes ||
                (::getxattr("/data/tool", "trusted.test", value, sizeof value) == 5 &&
                 std::string(value) == "value"));
    return "";
  });
}

TEST_F(RootfsTest, CopyUpThatDoesNotFitIsAnError) {
  scratch_.directory("root/data");
  scratch_.file("root/data/file", std::string(100000, 'x'));
  plan::MountFilesystem mount = tmpfs("/data");
  mount.copy_up = true;
  mount.options = {{"size", "8k"}};
  add(mount);
  EXPECT_EQ(enter_rootfs(plan_),
            "mount \"tmpfs\" on \"/data\": copy \"file\" into the tmpfs: write: No space left on "
            "device");
}

}  // namespace
}  // namespace ocirt::stages
