// A Config is printed so that it parses back to itself.
#include "spec/print.h"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <string>

#include "spec/parse.h"

namespace ocirt::spec {
namespace {

using Json = nlohmann::json;

Json fixture(const std::string& name) {
  std::ifstream file(std::string(OCIRT_SOURCE_DIR) + "/tests/unit/spec/fixtures/" + name);
  return Json::parse(file);
}

// What differs on purpose between runc's template and ours.
Json as_ours(Json theirs) {
  theirs["ociVersion"] = "1.3.0";
  theirs["hostname"] = "ocirt";
  return theirs;
}

TEST(DefaultConfig, EqualsRuncsTemplateInContent) {
  EXPECT_EQ(Json::parse(print_config(default_config())), as_ours(fixture("runc-1.1.5-spec.json")));
}

TEST(DefaultConfig, RootlessEqualsRuncsTemplateInContent) {
  Config config = default_config();
  make_rootless(config, 0, 0);  // runc was run as root
  EXPECT_EQ(Json::parse(print_config(config)), as_ours(fixture("runc-1.1.5-spec-rootless.json")));
}

TEST(DefaultConfig, HasNoInheritableCapabilities) {
  EXPECT_TRUE(default_config().process->capabilities->inheritable.empty());
}

TEST(MakeRootless, MapsTheUserToRoot) {
  Config config;
  make_rootless(config, 1000, 100);
  const std::vector<IdMapping> uids = {{.container_id = 0, .host_id = 1000, .size = 1}};
  const std::vector<IdMapping> gids = {{.container_id = 0, .host_id = 100, .size = 1}};
  EXPECT_EQ(config.linux_->uid_mappings, uids);
  EXPECT_EQ(config.linux_->gid_mappings, gids);
}

TEST(PrintConfig, IndentsWithTabsAndEndsInANewline) {
  const std::string text = print_config({.oci_version = "1.3.0", .root = Root{.path = "rootfs"}});
  EXPECT_EQ(text,
            "{\n\t\"ociVersion\": \"1.3.0\",\n\t\"root\": {\n\t\t\"path\": \"rootfs\"\n\t}\n}\n");
}

TEST(PrintConfig, WhatIsPrintedReadsBackTheSame) {
  const Config config = default_config();
  Result<Config> back = parse_config(print_config(config));
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, config);
}

TEST(PrintResources, IsOneLineThatReadsBackTheSame) {
  const Resources resources = {.devices = {{.allow = true, .type = "c", .access = "rw"}},
                               .memory = Memory{.limit = -1, .swap = 0},
                               .cpu = Cpu{.cpus = "0-1"},
                               .pids = Pids{.limit = 0},
                               .unified = {{"memory.high", "max"}}};
  const std::string text = print_resources(resources);
  EXPECT_EQ(text.find('\n'), text.size() - 1);
  Result<Resources> back = parse_resources(text);
  ASSERT_TRUE(back) << back.error().text;
  EXPECT_EQ(*back, resources);
}

}  // namespace
}  // namespace ocirt::spec
