#include "runtime/stages/rootfs.h"

#include <fcntl.h>
#include <grp.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/statvfs.h>

#include <algorithm>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

unsigned long mount_flags(const std::string& path) {
  struct statvfs status {};
  return ::statvfs(path.c_str(), &status) == 0 ? status.f_flag : ~0UL;
}

// What runc's and everybody's default config asks for.
void add_default_operations(plan::RootfsPlan& plan) {
  constexpr uint64_t kQuiet = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV;
  plan.operations = {
      plan::MountFilesystem{.destination = {"/proc"},
                            .type = "proc",
                            .source = "proc",
                            .needs_plain_directory = true},
      plan::MountFilesystem{.destination = {"/dev"},
                            .type = "tmpfs",
                            .source = "tmpfs",
                            .options = {{"mode", "755"}, {"size", "65536k"}},
                            .attributes = {.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_STRICTATIME,
                                           .clear = MOUNT_ATTR__ATIME}},
      plan::MountFilesystem{.destination = {"/dev/pts"},
                            .type = "devpts",
                            .source = "devpts",
                            .options = {{"newinstance", std::nullopt},
                                        {"ptmxmode", "0666"},
                                        {"mode", "0620"},
                                        {"gid", "5"}},
                            .attributes = {.set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC}},
      plan::MountFilesystem{.destination = {"/dev/shm"},
                            .type = "tmpfs",
                            .source = "shm",
                            .options = {{"mode", "1777"}, {"size", "65536k"}},
                            .attributes = {.set = kQuiet}},
      plan::MountFilesystem{.destination = {"/dev/mqueue"},
                            .type = "mqueue",
                            .source = "mqueue",
                            .attributes = {.set = kQuiet}},
      plan::MountFilesystem{.destination = {"/sys"},
                            .type = "sysfs",
                            .source = "sysfs",
                            .attributes = {.set = kQuiet | MOUNT_ATTR_RDONLY},
                            .needs_plain_directory = true},
      plan::MakeDevice{.path = {"/dev/null"}, .type = S_IFCHR, .major = 1, .minor = 3},
      plan::MakeDevice{.path = {"/dev/zero"}, .type = S_IFCHR, .major = 1, .minor = 5},
      plan::MakeDevice{.path = {"/dev/full"}, .type = S_IFCHR, .major = 1, .minor = 7},
      plan::MakeDevice{.path = {"/dev/tty"}, .type = S_IFCHR, .major = 5, .minor = 0},
      plan::MakeDevice{.path = {"/dev/random"}, .type = S_IFCHR, .major = 1, .minor = 8},
      plan::MakeDevice{.path = {"/dev/urandom"}, .type = S_IFCHR, .major = 1, .minor = 9},
      plan::MakeSymlink{.path = {"/dev/fd"}, .target = "/proc/self/fd"},
      plan::MakeSymlink{.path = {"/dev/stdin"}, .target = "/proc/self/fd/0"},
      plan::MakeSymlink{.path = {"/dev/stdout"}, .target = "/proc/self/fd/1"},
      plan::MakeSymlink{.path = {"/dev/stderr"}, .target = "/proc/self/fd/2"},
      plan::MakeSymlink{.path = {"/dev/ptmx"}, .target = "pts/ptmx", .replace = true},
  };
}

TEST_F(RootfsTest, TheDefaultConfigIsBuilt) {
  add_default_operations(plan_);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(::getpid() == 1 && exists("/proc/1/status"));
    OCIRT_CHECK(read_text("/proc/self/mountinfo").find(" - devpts devpts ") != std::string::npos);
    OCIRT_CHECK(kind_of("/dev/null") == "char 1:3" && kind_of("/dev/urandom") == "char 1:9");
    OCIRT_CHECK(kind_of("/dev/fd") == "link" && exists("/dev/pts/ptmx"));
    OCIRT_CHECK((mount_flags("/sys") & (ST_RDONLY | ST_NOSUID)) == (ST_RDONLY | ST_NOSUID));
    OCIRT_CHECK((mount_flags("/dev") & (ST_NOSUID | ST_RELATIME)) == ST_NOSUID);
    struct stat status {};
    OCIRT_CHECK(::stat("/dev/shm", &status) == 0 && (status.st_mode & 07777) == 01777);
    OCIRT_CHECK(exists("/dev/mqueue"));
    return "";
  });
}

TEST_F(RootfsTest, NothingOfTheHostIsLeft) {
  add(proc());
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    const std::string mounts = read_text("/proc/self/mountinfo");
    OCIRT_CHECK(std::count(mounts.begin(), mounts.end(), '\n') == 2, mounts);
    OCIRT_CHECK(!exists("/usr") && !exists("/../usr"));
    OCIRT_CHECK(::chdir("..") == 0 && !exists("usr"));
    return "";
  });
}

TEST_F(RootfsTest, AUserNamespaceBuildsItToo) {
  add_default_operations(plan_);
  for (plan::RootfsOperation& operation : plan_.operations) {
    if (auto* device = std::get_if<plan::MakeDevice>(&operation)) device->bind_from_host = true;
    if (auto* mount = std::get_if<plan::MountFilesystem>(&operation)) {
      std::erase_if(mount->options, [](const auto& option) { return option.key == "gid"; });
    }
  }
  plan_.masked_paths = {{"/proc/keys"}, {"/proc/acpi"}};
  for (const plan::OpenedBy by : {plan::OpenedBy::Creator, plan::OpenedBy::Init}) {
    plan_.opened_by = by;
    for (plan::RootfsOperation& operation : plan_.operations) {
      if (auto* device = std::get_if<plan::MakeDevice>(&operation)) device->opened_by = by;
    }
    OCIRT_IN_ROOTFS(plan_, kContainer | CLONE_NEWUSER, []() -> std::string {
      OCIRT_CHECK(kind_of("/dev/null") == "char 1:3" && kind_of("/proc/1") == "directory");
      OCIRT_CHECK(kind_of("/proc/keys") == "char 1:3", kind_of("/proc/keys"));
      return "";
    });
  }
}

// Rootless: nothing is opened on the host, everything in the new user namespace.
TEST_F(RootfsTest, APlainUserBuildsItToo) {
  constexpr unsigned kNobody = 65534;
  add_default_operations(plan_);
  std::erase_if(plan_.operations, [](plan::RootfsOperation& operation) {
    if (auto* device = std::get_if<plan::MakeDevice>(&operation)) {
      device->bind_from_host = true;
      device->opened_by = plan::OpenedBy::Init;
    }
    auto* mount = std::get_if<plan::MountFilesystem>(&operation);
    if (mount != nullptr) {
      std::erase_if(mount->options, [](const auto& option) { return option.key == "gid"; });
    }
    return false;
  });
  plan_.opened_by = plan::OpenedBy::Init;
  plan_.masked_paths = {{"/proc/keys"}, {"/proc/irq"}};
  plan_.readonly_paths = {{"/proc/sys"}};
  plan_.readonly = true;
  ASSERT_EQ(::chown(plan_.root.text.c_str(), kNobody, kNobody), 0);
  ASSERT_EQ(::chown(scratch_.path().c_str(), kNobody, kNobody), 0);
  OCIRT_IN_CHILD(0, [&]() -> std::string {
    OCIRT_CHECK(::setgroups(0, nullptr) == 0 && ::setresgid(kNobody, kNobody, kNobody) == 0);
    OCIRT_CHECK(::setresuid(kNobody, kNobody, kNobody) == 0);
    OCIRT_CHECK(::prctl(PR_SET_DUMPABLE, 1) == 0);  // else /proc/self/uid_map is root's
    return enter_rootfs(plan_, kContainer | CLONE_NEWUSER, []() -> std::string {
      OCIRT_CHECK(kind_of("/dev/null") == "char 1:3" && kind_of("/proc/1") == "directory");
      OCIRT_CHECK(kind_of("/proc/keys") == "char 1:3" && !exists("/proc/irq/0"));
      OCIRT_CHECK(::mkdir("/new", 0755) != 0 && errno == EROFS);
      return "";
    });
  });
}

// A privileged creator makes a user namespace whose root may not search the way to the rootfs.
TEST_F(RootfsTest, ARootfsBehindAClosedDirectoryIsReached) {
  plan_.root = HostPath{scratch_.directory("closed/root")};
  scratch_.file("closed/root/here");
  ASSERT_EQ(::chown((scratch_ / "closed").c_str(), 12345, 12345), 0);
  ASSERT_EQ(::chmod((scratch_ / "closed").c_str(), 0700), 0);
  OCIRT_IN_ROOTFS(plan_, kContainer | CLONE_NEWUSER, []() -> std::string {
    OCIRT_CHECK(exists("/here") && !exists("/usr"));
    return "";
  });
}

TEST_F(RootfsTest, AMissingRootfsIsNamed) {
  plan_.root = HostPath{"/no/such/rootfs"};
  EXPECT_EQ(acquire_rootfs(plan_).error().message(),
            "rootfs \"/no/such/rootfs\": open_tree \"/no/such/rootfs\": No such file or directory");
}

TEST_F(RootfsTest, AFileIsNoRootfs) {
  plan_.root = HostPath{scratch_.file("file")};
  EXPECT_EQ(acquire_rootfs(plan_).error().errno_value, ENOTDIR);
}

TEST_F(RootfsTest, NoPivotLeavesNoProcOfTheHostBehind) {
  plan_.no_pivot = true;
  add(proc());
  // As good as any way out of the chroot: a handle of the host's tree in our mount namespace.
  for (const int user_namespace : {0, CLONE_NEWUSER}) {
    Result<RootfsHandles> held = acquire_rootfs(plan_);
    ASSERT_TRUE(held);
    OCIRT_IN_CHILD(kContainer | user_namespace, [&]() -> std::string {
      const UniqueFd host(::open("/", O_PATH | O_CLOEXEC));
      OCIRT_CHECK(::faccessat(host.get(), "proc/version", F_OK, 0) == 0);
      OCIRT_CHECK(::faccessat(host.get(), "sys/kernel", F_OK, 0) == 0);
      Result<> done = build_on_the_spot(plan_, *held);
      if (done) done = pivot(plan_, *held);
      OCIRT_CHECK(done, done.error().message());
      OCIRT_CHECK(!exists("/usr") && !exists("/../usr") && exists("/proc/1/status"));
      OCIRT_CHECK(::faccessat(host.get(), "usr", F_OK, 0) == 0);
      OCIRT_CHECK(::faccessat(host.get(), "proc/version", F_OK, 0) != 0);
      OCIRT_CHECK(::faccessat(host.get(), "sys/kernel", F_OK, 0) != 0);
      return "";
    });
  }
}

TEST_F(RootfsTest, AMountOnTheRootBecomesTheRoot) {
  add(tmpfs("/"));
  add(tmpfs("/below"));
  scratch_.file("root/image");
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(!exists("/image") && kind_of("/below") == "directory");
    return "";
  });
}

TEST_F(RootfsTest, TheUmaskIsAsBefore) {
  const mode_t before = ::umask(027);
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(::umask(0) == 027);
    return "";
  });
  (void)::umask(before);
}

// --- propagation -------------------------------------------------------------------------------

// Runs `body` where the scratch directory is a shared mount, as systemd makes all of them.
void with_shared_scratch(const test::ScratchDir& scratch,
                         const std::function<std::string()>& body) {
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    const char* path = scratch.path().c_str();
    OCIRT_CHECK(::mount(path, path, nullptr, MS_BIND, nullptr) == 0);
    OCIRT_CHECK(::mount(nullptr, path, nullptr, MS_SHARED, nullptr) == 0);
    return body();
  });
}

TEST_F(RootfsTest, MountsOfTheContainerDoNotShowUpOnASharedHost) {
  scratch_.directory("data");
  scratch_.directory("root/data/inner");
  for (const plan::OpenedBy by : {plan::OpenedBy::Creator, plan::OpenedBy::Init}) {
    for (const uint64_t inherited : {MS_SLAVE | MS_REC, MS_PRIVATE | MS_REC, MS_SHARED | MS_REC}) {
      plan_.opened_by = by;
      plan_.inherited_propagation = inherited;
      plan::BindMount data = bind("data", "/data");
      data.opened_by = by;
      data.propagation = {MS_PRIVATE | MS_REC};
      plan_.operations = {tmpfs("/tmp"), data, tmpfs("/data/inner")};
      with_shared_scratch(scratch_, [&]() -> std::string {
        const std::string before = read_text("/proc/self/mountinfo");
        const std::string report = enter_rootfs(plan_, CLONE_NEWNS);
        OCIRT_CHECK(report.empty(), report);
        OCIRT_CHECK(read_text("/proc/self/mountinfo") == before);
        return "";
      });
    }
  }
}

TEST_F(RootfsTest, ASharedBindTellsTheHost) {
  scratch_.directory("data/inner");
  plan_.inherited_propagation = MS_SHARED | MS_REC;
  plan::BindMount data = bind("data", "/data");
  data.recursive = true;
  data.propagation = {MS_SHARED | MS_REC};
  add(data);
  with_shared_scratch(scratch_, [&]() -> std::string {
    const std::string report = enter_rootfs(plan_, CLONE_NEWNS, [] {
      return ::mount("tmpfs", "/data/inner", "tmpfs", 0, nullptr) == 0 ? "" : "mount";
    });
    OCIRT_CHECK(report.empty(), report);
    OCIRT_CHECK(read_text("/proc/self/mountinfo").find("/data/inner ") != std::string::npos);
    return "";
  });
}

// A node of the host's shared "/dev" is mounted in the container, and covered there.
TEST_F(RootfsTest, WhatCoversADeviceOfTheHostStaysInTheContainer) {
  scratch_.file("root/secret");
  scratch_.file("root/cover");
  add(plan::MakeDevice{
      .path = {"/dev/null"}, .type = S_IFCHR, .major = 1, .minor = 3, .bind_from_host = true});
  plan_.masked_paths = {{"/secret"}};
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    OCIRT_CHECK(::mount(nullptr, "/dev", nullptr, MS_SHARED, nullptr) == 0);
    const std::string report = enter_rootfs(plan_, CLONE_NEWNS, []() -> std::string {
      for (const char* node : {"/dev/null", "/secret"}) {
        OCIRT_CHECK(kind_of(node) == "char 1:3");
        OCIRT_CHECK(::mount("/cover", node, nullptr, MS_BIND, nullptr) == 0);
      }
      return "";
    });
    OCIRT_CHECK(report.empty(), report);
    OCIRT_CHECK(kind_of("/dev/null") == "char 1:3", kind_of("/dev/null"));
    return "";
  });
}

TEST_F(RootfsTest, ABindWithoutOptionsIsASlaveOfTheHost) {
  scratch_.directory("data");
  add(bind("data", "/data"));
  add(proc());
  with_shared_scratch(scratch_, [&] {
    return enter_rootfs(plan_, CLONE_NEWNS | CLONE_NEWPID, []() -> std::string {
      const std::string mounts = read_text("/proc/self/mountinfo");
      const size_t at = mounts.find(" /data ");
      OCIRT_CHECK(at != std::string::npos, mounts);
      const std::string line = mounts.substr(at, mounts.find('\n', at) - at);
      OCIRT_CHECK(line.find("master:") != std::string::npos, line);
      OCIRT_CHECK(line.find("shared:") == std::string::npos, line);
      return "";
    });
  });
}

// --- console -----------------------------------------------------------------------------------

int open_peer() {
  const int ptmx = ::open("/dev/pts/ptmx", O_RDWR | O_NOCTTY | O_CLOEXEC);
  int unlock = 0;
  if (ptmx < 0 || ::ioctl(ptmx, TIOCSPTLCK, &unlock) != 0) return -1;
  return ::ioctl(ptmx, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
}

std::string check_console() {
  const int peer = open_peer();
  OCIRT_CHECK(peer >= 0);
  const Result<> done = bind_console(peer);
  OCIRT_CHECK(done, done.error().message());
  struct stat terminal {};
  struct stat console {};
  OCIRT_CHECK(::fstat(peer, &terminal) == 0 && ::stat("/dev/console", &console) == 0);
  OCIRT_CHECK(terminal.st_rdev == console.st_rdev && S_ISCHR(console.st_mode));
  return "";
}

TEST_F(RootfsTest, TheConsoleIsTheTerminal) {
  add_default_operations(plan_);
  OCIRT_IN_ROOTFS(plan_, kContainer, check_console);
}

TEST_F(RootfsTest, AnExistingConsoleIsCovered) {
  scratch_.directory("root/dev");
  scratch_.file("root/dev/console", "image's");
  add(plan::MountFilesystem{.destination = {"/dev/pts"}, .type = "devpts", .source = "devpts"});
  OCIRT_IN_ROOTFS(plan_, kContainer, check_console);
  EXPECT_EQ(read_text(scratch_ / "root/dev/console"), "image's");
}

// CVE-2025-52565: the link's target is neither covered nor truncated.
TEST_F(RootfsTest, AConsoleThatIsALinkIsNotFollowed) {
  scratch_.directory("root/dev");
  scratch_.file("root/victim", "victim");
  scratch_.link("root/dev/console", "/victim");
  add(plan::MountFilesystem{.destination = {"/dev/pts"}, .type = "devpts", .source = "devpts"});
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    const int peer = open_peer();
    OCIRT_CHECK(peer >= 0);
    (void)bind_console(peer);
    OCIRT_CHECK(read_text("/victim") == "victim");
    return "";
  });
}

}  // namespace
}  // namespace ocirt::stages
