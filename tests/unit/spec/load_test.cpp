// load_config(): what the reader and the checks find, told together.
#include "spec/load.h"

#include <gtest/gtest.h>

#include <string>

#include "spec/print.h"

namespace ocirt::spec {
namespace {

std::string findings_of(std::string_view json) {
  Result<Config> config = load_config(json);
  return config ? "" : config.error().text;
}

TEST(LoadConfig, GivesASoundConfigAndItsSpans) {
  Config config = default_config();
  config.linux_->seccomp = Seccomp{.default_action = "SCMP_ACT_ALLOW"};
  const std::string json = print_config(config);
  SourceSpans spans;
  Result<Config> loaded = load_config(json, &spans);
  ASSERT_TRUE(loaded) << loaded.error().text;
  EXPECT_EQ(*loaded, config);
  EXPECT_TRUE(spans.seccomp.starts_with("{") && spans.seccomp.ends_with("}"));
}

TEST(LoadConfig, TellsWrongTypesAndWrongValuesTogether) {
  EXPECT_EQ(findings_of(R"({"ociVersion": "3.0.0", "root": {"path": 1}, "annotations": {"": ""}})"),
            "/root/path: must be a string, is 1 (config.md#root)\n"
            "/ociVersion: must be a version from 1.0.0 to 1.x, which are supported; is \"3.0.0\" "
            "(config.md#specification-version)\n"
            "/annotations: must not have an empty string as a key (config.md#annotations)");
}

TEST(LoadConfig, LeavesOutWhatFollowsFromAWrongType) {
  EXPECT_EQ(findings_of(R"({"ociVersion": "1.3.0", "root": {"path": "/"}, "process": {
                "cwd": 1, "args": [2], "user": {"uid": 0, "gid": 0}}})"),
            "/process/cwd: must be a string, is 1 (config.md#process)\n"
            "/process/args/0: must be a string, is 2 (config.md#process)");
}

TEST(LoadConfig, LeavesOutElementsThatMayHaveMoved) {
  EXPECT_EQ(findings_of(R"({"ociVersion": "1.3.0", "root": {"path": "/"},
                            "linux": {"namespaces": [1, {"type": "x"}]}})"),
            "/linux/namespaces/0: must be an object, is 1 (config-linux.md#namespaces)");
}

TEST(LoadConfig, StopsAtTextThatIsNoJson) {
  EXPECT_EQ(findings_of(R"({"ociVersion": "3.0.0")"),
            "is not JSON: parse error: premature EOF: line 1, column 23, near {\"ociVersion\": "
            "\"3.0.0\"");
}

}  // namespace
}  // namespace ocirt::spec
