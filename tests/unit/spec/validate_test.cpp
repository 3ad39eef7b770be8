// The checks of the version, root, mounts, hooks and names.
#include "spec/validate.h"

#include <gtest/gtest.h>

#include <string>

#include "tests/unit/spec/problems.h"

namespace ocirt::spec {
namespace {

TEST(Validate, TakesTheDefaultConfig) {
  EXPECT_EQ(problems_with("{}"), "");
}

TEST(Validate, TakesTheRootlessConfig) {
  Config config = default_config();
  make_rootless(config, 1000, 1000);
  EXPECT_TRUE(find_problems(config).empty());
}

TEST(Validate, ReportsAllInTheOrderOfTheDocument) {
  EXPECT_EQ(problems_with(R"({"ociVersion": "2.0.0", "root": {"path": ""},
      "process": {"cwd": "tmp", "args": []}, "annotations": {"": "x"},
      "linux": {"maskedPaths": ["proc"]}})"),
            "/ociVersion: must be a version from 1.0.0 to 1.x, which are supported; is \"2.0.0\" "
            "(config.md#specification-version)\n"
            "/root/path: must be the path of a directory, is empty (config.md#root)\n"
            "/process/cwd: must be an absolute path, is \"tmp\" (config.md#process)\n"
            "/process/args: must have at least one entry, the program to run (config.md#process)\n"
            "/linux/maskedPaths/0: must be an absolute path, is \"proc\" "
            "(config-linux.md#masked-paths)\n"
            "/annotations: must not have an empty string as a key (config.md#annotations)");
}

TEST(Validate, TakesTheVersionsThatEnginesSend) {
  for (const char* version : {"1.0.0", "1.0.2-dev", "1.0.2", "1.1.0-rc.3", "1.1.0+dev", "1.3.0",
                              "1.4.0", "1.2.1-0.a-b+20.x"}) {
    EXPECT_EQ(problems_with(R"({"ociVersion": ")" + std::string(version) + R"("})"), "") << version;
  }
}

TEST(Validate, RefusesWhatIsNoSemanticVersion) {
  for (const char* version : {"", "1", "1.0", "1.0.0.0", "v1.0.0", "01.0.0", "1.00.0", "1.0.x",
                              "1.0.0-", "1.0.0+", "1.0.0-a..b", "1.0.0 ", "1.0.0-a_b"}) {
    EXPECT_EQ(problems_with(R"({"ociVersion": ")" + std::string(version) + R"("})"),
              "/ociVersion: must be a version such as 1.3.0 (SemVer 2.0.0), is \"" +
                  std::string(version) + "\" (config.md#specification-version)");
  }
}

TEST(Validate, RootIsRequired) {
  const std::vector<Finding> expected = {{"/root", "is required", "config.md#root"}};
  EXPECT_EQ(find_problems(Config{.oci_version = "1.3.0"}), expected);
}

TEST(Validate, ProcessIsNot) {
  EXPECT_EQ(problems_with(R"({"process": null})"), "");
}

// --- mounts ------------------------------------------------------------------------------------

TEST(ValidateMounts, DestinationsMayBeRelativeButNotEmpty) {
  EXPECT_EQ(problems_with(R"({"mounts": [{"destination": "tmp", "type": "tmpfs"},
                                         {"destination": "", "type": "tmpfs"}]})"),
            "/mounts/1/destination: must be a path in the container, is empty (config.md#mounts)");
}

TEST(ValidateMounts, ABindMountNeedsASource) {
  EXPECT_EQ(problems_with(R"({"mounts": [{"destination": "/a", "options": ["ro", "rbind"]},
                                         {"destination": "/b", "type": "bind", "source": ""},
                                         {"destination": "/c", "options": ["bind"],
                                          "source": "x"}]})"),
            "/mounts/0/source: is required for a bind mount (config.md#mounts)\n"
            "/mounts/1/source: is required for a bind mount (config.md#mounts)");
}

TEST(ValidateMounts, MappingsGoTogether) {
  EXPECT_EQ(problems_with(R"({"mounts": [
      {"destination": "/a", "uidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]},
      {"destination": "/b", "gidMappings": [{"containerID": 0, "hostID": 0, "size": 1}]}]})"),
            "/mounts/0/gidMappings: is required where uidMappings are given (config.md#mounts)\n"
            "/mounts/1/uidMappings: is required where gidMappings are given (config.md#mounts)");
}

// --- hooks -------------------------------------------------------------------------------------

TEST(ValidateHooks, PathIsAbsoluteAndTimeoutPositive) {
  EXPECT_EQ(problems_with(R"({"hooks": {
      "prestart": [{"path": "/bin/true", "timeout": 1}, {"path": "true"}],
      "createRuntime": [{"path": "/bin/true", "timeout": 0}],
      "createContainer": [{"path": "/bin/true", "timeout": -1}],
      "startContainer": [{"path": ""}],
      "poststart": [{"path": "/bin/true", "env": ["A=b", "C="]}],
      "poststop": [{"path": "/bin/true", "env": ["A", "=b"]}]}})"),
            "/hooks/prestart/1/path: must be an absolute path, is \"true\" "
            "(config.md#posix-platform-hooks)\n"
            "/hooks/createRuntime/0/timeout: must be at least 1 second, is 0 "
            "(config.md#posix-platform-hooks)\n"
            "/hooks/createContainer/0/timeout: must be at least 1 second, is -1 "
            "(config.md#posix-platform-hooks)\n"
            "/hooks/startContainer/0/path: must be an absolute path, is \"\" "
            "(config.md#posix-platform-hooks)\n"
            "/hooks/poststop/0/env/0: must be NAME=value, has no \"=\" "
            "(config.md#posix-platform-hooks)\n"
            "/hooks/poststop/0/env/1: must be NAME=value, has no name "
            "(config.md#posix-platform-hooks)");
}

// --- hostname and domainname -------------------------------------------------------------------

TEST(ValidateHostname, NeedsAUtsNamespace) {
  EXPECT_EQ(problems_with(R"({"hostname": "h", "domainname": "d",
                              "linux": {"namespaces": [{"type": "mount"}]}})"),
            "/hostname: needs a uts namespace in /linux/namespaces: it would change the host's "
            "name (config.md#hostname)\n"
            "/domainname: needs a uts namespace in /linux/namespaces: it would change the host's "
            "name (config.md#domainname)");
}

TEST(ValidateHostname, AnEmptyOneIsNone) {
  EXPECT_EQ(problems_with(R"({"hostname": "", "domainname": "",
                              "linux": {"namespaces": [{"type": "mount"}]}})"),
            "");
}

TEST(ValidateHostname, MayBeSetInAJoinedNamespace) {
  EXPECT_EQ(problems_with(R"({"linux": {"namespaces": [{"type": "mount"},
                                        {"type": "uts", "path": "/proc/1/ns/uts"}]}})"),
            "");
}

TEST(ValidateHostname, HasAtMost64Bytes) {
  const std::string name(64, 'h');
  EXPECT_EQ(problems_with(R"({"hostname": ")" + name + R"("})"), "");
  EXPECT_EQ(problems_with(R"({"hostname": ")" + name + R"(h"})"),
            "/hostname: must have at most 64 bytes, has 65 (config.md#hostname)");
}

TEST(ValidateHostname, NeedsAUtsNamespaceWithoutALinuxSection) {
  EXPECT_EQ(problems_with(R"({"linux": null})"),
            "/hostname: needs a uts namespace in /linux/namespaces: it would change the host's "
            "name (config.md#hostname)");
}

}  // namespace
}  // namespace ocirt::spec
