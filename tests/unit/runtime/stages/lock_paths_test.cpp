#include "runtime/stages/lock_paths.h"

#include <fcntl.h>

#include "tests/unit/runtime/stages/rootfs_fixture.h"

namespace ocirt::stages {
namespace {

bool is_writable(const std::string& directory) {
  const std::string path = directory + "/probe";
  return ::mkdir(path.c_str(), 0755) == 0;
}

bool is_empty_directory(const std::string& path) {
  struct stat status {};
  return ::stat(path.c_str(), &status) == 0 && S_ISDIR(status.st_mode) &&
         ::rmdir(path.c_str()) != 0 && !exists(path + "/file");
}

TEST_F(RootfsTest, MaskedFilesAreTheNullDevice) {
  scratch_.file("root/secret", "secret");
  scratch_.file("root/other", "secret");
  plan_.masked_paths = {{"/secret"}, {"/other"}, {"/missing"}, {"/secret/below-a-file"}};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    for (const char* path : {"/secret", "/other"}) {
      OCIRT_CHECK(kind_of(path) == "char 1:3", kind_of(path));
      OCIRT_CHECK(read_text(path).empty());
    }
    return "";
  });
  EXPECT_EQ(read_text(scratch_ / "root/secret"), "secret");
}

TEST_F(RootfsTest, MaskedDirectoriesAreEmptyAndReadonlyAndOneFileSystem) {
  for (const char* name : {"root/one", "root/two", "root/three"}) {
    scratch_.directory(name);
    scratch_.file(std::string(name) + "/file", "secret");
  }
  plan_.masked_paths = {{"/one"}, {"/two"}, {"/three"}};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    struct stat one {};
    OCIRT_CHECK(::stat("/one", &one) == 0);
    for (const char* path : {"/one", "/two", "/three"}) {
      struct stat status {};
      OCIRT_CHECK(::stat(path, &status) == 0 && status.st_dev == one.st_dev);
      OCIRT_CHECK(is_empty_directory(path) && !is_writable(path));
    }
    return "";
  });
}

// CVE-2025-31133: the container's own /dev/null plays no part.
TEST_F(RootfsTest, AFakeNullDeviceIsNotUsedForMasks) {
  scratch_.directory("root/dev");
  scratch_.file("root/victim", "victim");
  scratch_.file("root/secret", "secret");
  plan_.masked_paths = {{"/secret"}};
  const auto check = []() -> std::string {
    OCIRT_CHECK(kind_of("/secret") == "char 1:3", kind_of("/secret"));
    return "";
  };
  OCIRT_IN_ROOTFS(plan_, kContainer, check);  // missing
  scratch_.link("root/dev/null", "/victim");
  OCIRT_IN_ROOTFS(plan_, kContainer, check);
  ASSERT_EQ(::unlink((scratch_ / "root/dev/null").c_str()), 0);
  scratch_.file("root/dev/null", "regular");
  OCIRT_IN_ROOTFS(plan_, kContainer, check);
}

TEST_F(RootfsTest, ReadonlyPathsAreReadonlyWithAllThatIsMountedInThem) {
  scratch_.directory("root/data");
  scratch_.file("root/data/file");
  scratch_.directory("root/free");
  add(tmpfs("/data/inner"));
  plan_.readonly_paths = {{"/data"}, {"/missing"}};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(exists("/data/file") && !is_writable("/data") && !is_writable("/data/inner"));
    OCIRT_CHECK(is_writable("/free"));
    return "";
  });
}

TEST_F(RootfsTest, AReadonlyRootLeavesOtherMountsWritable) {
  scratch_.directory("root/plain");
  add(tmpfs("/tmp"));
  plan_.readonly = true;
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(!is_writable("/plain") && is_writable("/tmp"));
    return "";
  });
}

TEST_F(RootfsTest, TheRootHasThePropagationThatWasAsked) {
  add(proc());
  struct Case {
    uint64_t flags;
    const char* shown;
  };
  for (const Case& tested : {Case{MS_SHARED, " shared:"}, Case{MS_SHARED | MS_REC, " shared:"},
                             Case{MS_UNBINDABLE, " unbindable "}}) {
    plan_.root_propagation = tested.flags;
    OCIRT_IN_ROOTFS(plan_, kContainer, [&]() -> std::string {
      const std::string mounts = read_text("/proc/self/mountinfo");
      const std::string root = mounts.substr(0, mounts.find('\n'));
      OCIRT_CHECK(root.find(tested.shown) != std::string::npos, root);
      const bool proc_too = mounts.find(" shared:", root.size()) != std::string::npos;
      OCIRT_CHECK(proc_too == (tested.flags == (MS_SHARED | MS_REC)), mounts);
      return "";
    });
  }
}

TEST_F(RootfsTest, TheDefaultPathsOfProcAreLocked) {
  add(proc());
  plan_.masked_paths = {{"/proc/acpi"},        {"/proc/asound"},        {"/proc/kcore"},
                        {"/proc/keys"},        {"/proc/latency_stats"}, {"/proc/timer_list"},
                        {"/proc/timer_stats"}, {"/proc/sched_debug"},   {"/proc/scsi"}};
  plan_.readonly_paths = {
      {"/proc/bus"}, {"/proc/fs"}, {"/proc/irq"}, {"/proc/sys"}, {"/proc/sysrq-trigger"}};
  OCIRT_IN_ROOTFS(plan_, kContainer, []() -> std::string {
    OCIRT_CHECK(kind_of("/proc/keys") == "char 1:3");
    const int name = ::open("/proc/sys/kernel/hostname", O_WRONLY | O_CLOEXEC);
    OCIRT_CHECK(name < 0 && errno == EROFS);
    OCIRT_CHECK(!is_writable("/proc/irq") && exists("/proc/1/status"));
    return "";
  });
}

}  // namespace
}  // namespace ocirt::stages
