// What of a container is the host's, where it comes from, and what CRIU's log says.
#include "runtime/plan/decide_criu.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <vector>

#include "runtime/plan/criu_log.h"
#include "runtime/plan/mount_table.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

TEST(MountTable, ReadsALineWithAndWithoutTags) {
  const auto mounts = parse_mount_table(
      "36 35 98:0 /mnt1 /mnt\\0402 rw,noatime master:1 shared:2 - ext3 /dev/root rw\n"
      "37 36 0:22 / /proc rw - proc proc rw\n"
      "nonsense\n");
  EXPECT_THAT(mounts, ElementsAre(MountedTree{.id = 36,
                                              .parent = 35,
                                              .device = "98:0",
                                              .root = "/mnt1",
                                              .mount_point = "/mnt 2",
                                              .type = "ext3"},
                                  MountedTree{.id = 37,
                                              .parent = 36,
                                              .device = "0:22",
                                              .root = "/",
                                              .mount_point = "/proc",
                                              .type = "proc"}));
}

MountedTree mounted(std::string device, std::string root, std::string point, std::string type) {
  return {.id = 1,
          .parent = 0,
          .device = std::move(device),
          .root = std::move(root),
          .mount_point = std::move(point),
          .type = std::move(type)};
}

const std::vector<MountedTree> kHost = {
    mounted("8:1", "/", "/", "ext4"),           mounted("0:5", "/", "/dev", "devtmpfs"),
    mounted("0:20", "/", "/sys", "sysfs"),      mounted("0:21", "/", "/proc", "proc"),
    mounted("0:30", "/", "/srv/more", "tmpfs"), mounted("0:40", "/", "/sys/fs/cgroup", "cgroup2")};

TEST(ExternalMounts, AreThoseWhoseFileSystemTheHostHas) {
  const std::vector<MountedTree> container = {
      mounted("8:1", "/rootfs", "/", "ext4"),              // the root is CRIU's business
      mounted("0:50", "/", "/proc", "proc"),               // its own
      mounted("0:51", "/", "/dev", "tmpfs"),               // its own
      mounted("8:1", "/srv", "/data", "ext4"),             // a bind
      mounted("0:30", "/", "/data/more", "tmpfs"),         // what came with it
      mounted("0:20", "/", "/sys", "sysfs"),               // one for each network namespace
      mounted("0:5", "/null", "/proc/kcore", "devtmpfs"),  // a mask
      mounted("0:5", "/tty", "/dev/tty", "devtmpfs"),
  };
  EXPECT_THAT(external_mounts(container, kHost, false),
              ElementsAre(CriuExternalMount{"/data", "/data"},
                          CriuExternalMount{"/data/more", "/data/more"},
                          CriuExternalMount{"/proc/kcore", "/dev/null"},
                          CriuExternalMount{"/dev/tty", "/dev/tty"}));
}

TEST(ExternalMounts, CgroupsAreCriusOnlyWithANamespaceOfTheirOwn) {
  const std::vector<MountedTree> container = {mounted("0:40", "/x", "/sys/fs/cgroup", "cgroup2")};
  EXPECT_THAT(external_mounts(container, kHost, true), IsEmpty());
  EXPECT_THAT(external_mounts(container, kHost, false),
              ElementsAre(CriuExternalMount{"/sys/fs/cgroup", "/sys/fs/cgroup"}));
}

TEST(SourcesOfMounts, ARecursiveBindBringsWhatIsBelowItsSource) {
  RootfsPlan plan;
  plan.operations.emplace_back(
      BindMount{.destination = {"/data"}, .source = {"/srv"}, .recursive = true});
  plan.operations.emplace_back(BindMount{.destination = {"/one"}, .source = {"/srv"}});
  plan.operations.emplace_back(
      MakeDevice{.path = {"/dev/tty"}, .major = 5, .minor = 0, .bind_from_host = true});
  plan.operations.emplace_back(MakeDevice{.path = {"/dev/zero"}, .major = 1, .minor = 5});
  EXPECT_THAT(
      sources_of_mounts(plan, kHost),
      ElementsAre(CriuExternalMount{"/data", "/srv"}, CriuExternalMount{"/data/more", "/srv/more"},
                  CriuExternalMount{"/one", "/srv"}, CriuExternalMount{"/dev/tty", "/dev/tty"},
                  CriuExternalMount{"/dev/null", "/dev/null"}));
}

TEST(CgroupsForCriu, AreNamedByControllerAndFrozenAsPauseDoes) {
  const std::vector<CgroupDirectory> v1 = {{.controllers = {"cpu", "cpuacct"},
                                            .v2 = false,
                                            .mount_point = {"/sys/fs/cgroup/cpu,cpuacct"},
                                            .path = "/x"},
                                           {.controllers = {"freezer"},
                                            .v2 = false,
                                            .mount_point = {"/sys/fs/cgroup/freezer"},
                                            .path = "/x"}};
  EXPECT_THAT(cgroup_roots(v1),
              ElementsAre(CriuCgroupRoot{"cpu", "/x"}, CriuCgroupRoot{"cpuacct", "/x"},
                          CriuCgroupRoot{"freezer", "/x"}));
  EXPECT_EQ(freezer_of(v1), "/sys/fs/cgroup/freezer/x");
  std::vector<CgroupDirectory> hybrid = v1;
  hybrid.push_back(
      {.controllers = {}, .v2 = true, .mount_point = {"/sys/fs/cgroup/unified"}, .path = "/x"});
  EXPECT_EQ(cgroup_roots(hybrid).back(), (CriuCgroupRoot{"", "/x"}));
  EXPECT_EQ(freezer_of(hybrid), "/sys/fs/cgroup/unified/x");
  EXPECT_EQ(freezer_of({}), "");
}

TEST(CriuConfigFile, TheAnnotationWinsEvenWhenItIsEmpty) {
  EXPECT_EQ(criu_config_file({}, "/etc/criu/ocirt.conf"), "/etc/criu/ocirt.conf");
  EXPECT_EQ(criu_config_file({{"org.criu.config", "/x"}}, "/etc/criu/ocirt.conf"), "/x");
  EXPECT_EQ(criu_config_file({{"org.criu.config", ""}}, "/etc/criu/ocirt.conf"), "");
}

TEST(CriuFailure, IsTheFirstCauseWithItsPlaceAndWhatHelps) {
  const Error error = criu_failure(
      "(00.000001) Version: 3.17.1\n"
      "(00.000002) Error (criu/util.c:1534): rlimit: Can't setup RLIMIT_NOFILE for self\n"
      "(00.000003) Error (criu/sk-inet.c:188): inet: Connected TCP socket, consider using --tcp\n"
      "(00.000004) Error (criu/cr-dump.c:1545): Dump files (pid: 7) failed with -1\n"
      "(00.000005) Error (criu/cr-dump.c:1975): Dumping FAILED.\n",
      "/images/dump.log", "");
  EXPECT_EQ(error.text,
            "CRIU: inet: Connected TCP socket, consider using --tcp; at last: Dump files (pid: 7) "
            "failed with -1 (/images/dump.log:3)");
  EXPECT_THAT(error.hint, testing::HasSubstr("--tcp-established"));
}

TEST(CriuFailure, WithoutALineInTheLogSaysWhatElseIsKnown) {
  EXPECT_EQ(criu_failure("", "/images/dump.log", "it ended without a word").text,
            "CRIU: it ended without a word (/images/dump.log)");
}

}  // namespace
}  // namespace ocirt::plan
