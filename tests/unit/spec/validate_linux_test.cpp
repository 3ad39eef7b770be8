// The checks of the Linux part that have no file of their own.
#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

TEST(ValidateDevices, TakesWhatEnginesSend) {
  EXPECT_EQ(problems_in_linux(R"({"devices": [
      {"type": "c", "path": "/dev/fuse", "major": 10, "minor": 229, "fileMode": 8630, "uid": 0},
      {"type": "u", "path": "/dev/x", "major": 4095, "minor": 1048575},
      {"type": "p", "path": "/dev/fifo"},
      {"type": "p", "path": "/dev/fifo2", "major": -1, "minor": -1}]})"),
            "");
}

TEST(ValidateDevices, TypePathAndNumbersAreSound) {
  EXPECT_EQ(problems_in_linux(R"({"devices": [
      {"type": "a", "path": "dev/x", "major": -1, "minor": 1048576},
      {"type": "b", "path": "/dev/y", "fileMode": 65536}]})"),
            "/linux/devices/0/type: must be one of c, b, u, p; is \"a\" (config-linux.md#devices)\n"
            "/linux/devices/0/path: must be an absolute path, is \"dev/x\" "
            "(config-linux.md#devices)\n"
            "/linux/devices/0/major: must be from 0 to 4095, is -1 (config-linux.md#devices)\n"
            "/linux/devices/0/minor: must be from 0 to 1048575, is 1048576 "
            "(config-linux.md#devices)\n"
            "/linux/devices/1/major: is required unless the type is \"p\" "
            "(config-linux.md#devices)\n"
            "/linux/devices/1/minor: is required unless the type is \"p\" "
            "(config-linux.md#devices)\n"
            "/linux/devices/1/fileMode: must be from 0 to 65535, is 65536 "
            "(config-linux.md#devices)");
}

TEST(ValidateNetDevices, NamesAreTheKernels) {
  const std::string wrong =
      ": must be the name of a network interface: 1 to 15 characters without \"/\", \":\" and "
      "spaces; is ";
  EXPECT_EQ(problems_in_linux(R"({"netDevices": {
      "eth0": {}, "eth1": {"name": "ctr%d"}, "eth2": {"name": ""}}})"),
            "");
  EXPECT_EQ(problems_in_linux(R"({"netDevices": {
      "..": {}, "a/b": {}, "eth0": {"name": "a b"}, "sixteen_letters_": {}}})"),
            "/linux/netDevices/.." + wrong + "\"..\" (config-linux.md#network-devices)\n" +
                "/linux/netDevices/a~1b" + wrong + "\"a/b\" (config-linux.md#network-devices)\n" +
                "/linux/netDevices/eth0/name" + wrong +
                "\"a b\" (config-linux.md#network-devices)\n" +
                "/linux/netDevices/sixteen_letters_" + wrong +
                "\"sixteen_letters_\" (config-linux.md#network-devices)");
}

TEST(ValidateNetDevices, NamesAreTakenOnce) {
  EXPECT_EQ(problems_in_linux(R"({"netDevices": {
      "eth0": {"name": "x%d"}, "eth1": {"name": "x%d"}, "eth2": {"name": "eth0"}}})"),
            "");
  EXPECT_EQ(problems_in_linux(R"({"netDevices": {
      "eth0": {}, "eth1": {"name": "eth0"}, "eth2": {"name": "x%dy"}, "eth3": {"name": "%%d"}}})"),
            "/linux/netDevices/eth1: two devices would be called \"eth0\" in the container "
            "(config-linux.md#network-devices)\n"
            "/linux/netDevices/eth2: may have a \"%\" only in a \"%d\" at the end, is \"x%dy\" "
            "(config-linux.md#network-devices)\n"
            "/linux/netDevices/eth3: may have a \"%\" only in a \"%d\" at the end, is \"%%d\" "
            "(config-linux.md#network-devices)");
}

TEST(ValidateNetDevices, NeedANetworkNamespace) {
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [{"type": "mount"}, {"type": "uts"}],
                                        "netDevices": {"eth0": {}}}})"),
            "/linux/netDevices: needs a network namespace in /linux/namespaces to move them to "
            "(config-linux.md#network-devices)");
}

TEST(ValidateCgroupsPath, TakesAllForms) {
  for (const char* path : {"/a/b", "a/b", "", "system.slice:ocirt:id", "/a/b..c"}) {
    EXPECT_EQ(problems_in_linux(R"({"cgroupsPath": ")" + std::string(path) + R"("})"), "") << path;
  }
}

TEST(ValidateCgroupsPath, DoesNotLeadUpwards) {
  for (const char* path : {"..", "/a/../b", "../a", "a/.."}) {
    EXPECT_EQ(problems_in_linux(R"({"cgroupsPath": ")" + std::string(path) + R"("})"),
              "/linux/cgroupsPath: must not have \"..\" in it, is \"" + std::string(path) +
                  "\" (config-linux.md#cgroups-path)");
  }
}

TEST(ValidatePropagation, IsKnown) {
  for (const char* value : {"shared", "rslave", "", "unbindable"}) {
    EXPECT_EQ(problems_in_linux(R"({"rootfsPropagation": ")" + std::string(value) + R"("})"), "");
  }
  EXPECT_EQ(
      problems_in_linux(R"({"rootfsPropagation": "both"})"),
      "/linux/rootfsPropagation: must be one of shared, slave, private, unbindable, rshared, "
      "rslave, rprivate, runbindable; is \"both\" (config-linux.md#rootfs-mount-propagation)");
}

TEST(ValidateIntelRdt, NamesADirectoryAndSingleLines) {
  EXPECT_EQ(problems_in_linux(R"({"intelRdt": {"closID": "/", "memBwSchema": "MB:0=20",
                                               "l3CacheSchema": "L3:0=f", "schemata": ["x"]}})"),
            "");
  EXPECT_EQ(problems_in_linux(R"({"intelRdt": {"closID": "a/b", "memBwSchema": "0=20",
                                               "l3CacheSchema": "a\nb", "schemata": ["x", "\n"]}})"),
            "/linux/intelRdt/closID: must be the name of a directory, is \"a/b\" "
            "(config-linux.md#intelrdt)\n"
            "/linux/intelRdt/schemata/1: must be a single line, is \"\\n\" "
            "(config-linux.md#intelrdt)\n"
            "/linux/intelRdt/l3CacheSchema: must be a single line, is \"a\\nb\" "
            "(config-linux.md#intelrdt)\n"
            "/linux/intelRdt/memBwSchema: must start with MB:, is \"0=20\" "
            "(config-linux.md#intelrdt)");
  EXPECT_NE(problems_in_linux(R"({"intelRdt": {"closID": ".."}})"), "");
}

TEST(ValidateMemoryPolicy, NodesFitTheMode) {
  const std::string section = " (config-linux.md#memory-policy)";
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "MPOL_BIND", "nodes": "0-1",
                                                   "flags": ["MPOL_F_STATIC_NODES"]}})"),
            "");
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "MPOL_PREFERRED"}})"), "");
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "MPOL_LOCAL", "nodes": "0"}})"),
            "/linux/memoryPolicy/nodes: must be empty for MPOL_LOCAL, is \"0\"" + section);
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "MPOL_INTERLEAVE"}})"),
            "/linux/memoryPolicy/nodes: must name at least one node for MPOL_INTERLEAVE" + section);
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "MPOL_BIND", "nodes": "all"}})"),
            "/linux/memoryPolicy/nodes: must be a list of numbers and ranges such as 0-3,7; is "
            "\"all\"" +
                section);
}

TEST(ValidateMemoryPolicy, ModeAndFlagsAreKnown) {
  const std::string section = " (config-linux.md#memory-policy)";
  EXPECT_EQ(problems_in_linux(R"({"memoryPolicy": {"mode": "BIND", "nodes": "0", "flags": ["X",
                                  "MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES"]}})"),
            "/linux/memoryPolicy/mode: must be one of MPOL_DEFAULT, MPOL_BIND, MPOL_INTERLEAVE, "
            "MPOL_WEIGHTED_INTERLEAVE, MPOL_PREFERRED, MPOL_PREFERRED_MANY, MPOL_LOCAL; is "
            "\"BIND\"" +
                section +
                "\n/linux/memoryPolicy/flags/0: must be one of MPOL_F_NUMA_BALANCING, "
                "MPOL_F_RELATIVE_NODES, MPOL_F_STATIC_NODES; is \"X\"" +
                section +
                "\n/linux/memoryPolicy/flags: must not have both MPOL_F_RELATIVE_NODES and "
                "MPOL_F_STATIC_NODES" +
                section);
}

TEST(ValidateHiddenPaths, AreAbsoluteAndNeedAMountNamespace) {
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [{"type": "uts"}], "readonlyPaths": [],
                                        "maskedPaths": ["/a", ""]}})"),
            "/linux/maskedPaths/1: must be an absolute path, is \"\" "
            "(config-linux.md#masked-paths)\n"
            "/linux/maskedPaths: needs a mount namespace in /linux/namespaces: it would change the "
            "host (config-linux.md#masked-paths)");
  EXPECT_EQ(problems_in_linux(R"({"readonlyPaths": ["proc"]})"),
            "/linux/readonlyPaths/0: must be an absolute path, is \"proc\" "
            "(config-linux.md#readonly-paths)");
}

TEST(ValidatePersonality, IsKnown) {
  EXPECT_EQ(problems_in_linux(R"({"personality": {"domain": "LINUX32", "flags": []}})"), "");
  EXPECT_EQ(problems_in_linux(R"({"personality": {"domain": "BSD", "flags": ["X"]}})"),
            "/linux/personality/domain: must be one of LINUX, LINUX32; is \"BSD\" "
            "(config-linux.md#personality)\n"
            "/linux/personality/flags: must be empty, as no flag is defined; has \"X\" "
            "(config-linux.md#personality)");
}

}  // namespace
}  // namespace ocirt::spec
