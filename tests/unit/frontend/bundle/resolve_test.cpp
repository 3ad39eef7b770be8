// What comes of a request, an image and containers.conf.
#include "frontend/bundle/resolve.h"

#include <gtest/gtest.h>

namespace ocirt::bundle {
namespace {

using Words = std::vector<std::string>;
using Kind = model::RequestedMount::Kind;

const ImageConfig kImage = {.entrypoint = {"/entry"},
                            .command = {"serve"},
                            .environment = {"PATH=/bin", "LANG=C"},
                            .workdir = "/srv",
                            .user = "web",
                            .stop_signal = "SIGQUIT",
                            .volumes = {"/data"},
                            .exposed_ports = {"80/tcp", "53/udp"},
                            .labels = {{"a", "1"}, {"b", "2"}}};

model::Record resolved(model::Request request, const Settings& settings = {}) {
  model::Record record = {.id = std::string(64, 'a'), .request = std::move(request)};
  const Result<> done = resolve(record, kImage, settings);
  EXPECT_TRUE(done) << (done ? "" : done.error().text);
  return record;
}

TEST(Resolve, ACommandKeepsTheEntrypoint) {
  EXPECT_EQ(resolved({}).args, (Words{"/entry", "serve"}));
  EXPECT_EQ(resolved({.command = {"ls"}}).args, (Words{"/entry", "ls"}));
}

TEST(Resolve, AnEntrypointDropsTheImagesCommand) {
  EXPECT_EQ(resolved({.entrypoint = Words{"sh"}}).args, (Words{"sh"}));
  EXPECT_EQ(resolved({.command = {"ls"}, .entrypoint = Words{}}).args, (Words{"ls"}));
  model::Record record = {.request = {.entrypoint = Words{}}};
  EXPECT_FALSE(resolve(record, kImage, {}));
}

TEST(Resolve, TheRequestsVariablesWin) {
  Settings settings;
  settings.proxies = {"http_proxy=http://host", "no_proxy=me"};
  const model::Record record =
      resolved({.environment = {"LANG=de", "X=1"}, .unset_environment = {"TERM"}}, settings);
  EXPECT_EQ(record.environment, (Words{"PATH=/bin", "container=podman", "LANG=de",
                                       "http_proxy=http://host", "no_proxy=me", "X=1"}));
  EXPECT_EQ(
      resolved({.environment = {"X=1"}, .unset_environment = {"*"}, .http_proxy = false}, settings)
          .environment,
      (Words{"X=1"}));
}

TEST(Resolve, WhatTheRequestLeavesOpenIsTheImages) {
  const model::Record record = resolved({});
  EXPECT_EQ(record.workdir, "/srv");
  EXPECT_EQ(record.user, "web");
  EXPECT_EQ(record.stop_signal, 3);
  EXPECT_EQ(record.stop_timeout_s, 10U);
  const model::Record other = resolved({.workdir = "/w",
                                        .user = "0",
                                        .stop_signal = "9",
                                        .stop_timeout = 3,
                                        .labels = {{"b", "3"}}});
  EXPECT_EQ(other.workdir, "/w");
  EXPECT_EQ(other.user, "0");
  EXPECT_EQ(other.stop_signal, 9);
  EXPECT_EQ(other.stop_timeout_s, 3U);
  EXPECT_EQ(other.labels, (std::map<std::string, std::string>{{"a", "1"}, {"b", "3"}}));
  model::Record bad = {.request = {.stop_signal = "NONE"}};
  EXPECT_FALSE(resolve(bad, kImage, {}));
}

TEST(Resolve, TheImagesVolumesAreTheContainersOwn) {
  const model::Record record = resolved({});
  ASSERT_EQ(record.mounts.size(), 1U);
  EXPECT_EQ(record.mounts[0].destination, "/data");
  EXPECT_EQ(record.mounts[0].source.size(), 64U);
  EXPECT_EQ(record.own_volumes, (Words{record.mounts[0].source}));
  EXPECT_EQ(record.volumes, record.own_volumes);
  EXPECT_TRUE(resolved({.image_volumes = "ignore"}).mounts.empty());
  EXPECT_EQ(resolved({.image_volumes = "tmpfs"}).mounts[0].kind, Kind::Tmpfs);
}

TEST(Resolve, AnImagesVolumeMayEndInASlash) {
  ImageConfig image = kImage;
  image.volumes = {"/data/"};
  model::Record record = {.id = std::string(64, 'a'), .request = {}};
  record.request.mounts = {{.kind = Kind::Bind, .source = "/host", .destination = "/data"}};
  ASSERT_TRUE(resolve(record, image, {}));
  ASSERT_EQ(record.mounts.size(), 1);
  EXPECT_EQ(record.mounts[0].source, "/host");

  image.volumes = {"data"};
  const Result<> refused = resolve(record, image, {});
  ASSERT_FALSE(refused);
  EXPECT_NE(refused.error().text.find("\"data\""), std::string::npos) << refused.error().text;
}

TEST(Resolve, AMountOfTheRequestReplacesTheImagesVolume) {
  const model::RequestedMount mount = {.kind = Kind::Bind, .source = "/x", .destination = "/data"};
  const model::Record record = resolved({.mounts = {mount}});
  EXPECT_EQ(record.mounts, (std::vector<model::RequestedMount>{mount}));
  EXPECT_TRUE(record.volumes.empty());
  model::Record twice = {.request = {.mounts = {mount, mount}}};
  EXPECT_FALSE(resolve(twice, kImage, {}));
}

TEST(Resolve, PublishAllTakesWhatIsExposed) {
  const model::PublishedPort given = {.host_port = 8080, .container_port = 80};
  const model::Record record =
      resolved({.ports = {given}, .publish_all = true, .expose = {"90-92"}});
  EXPECT_EQ(record.ports, (std::vector<model::PublishedPort>{
                              given,
                              {.container_port = 53, .protocol = "udp"},
                              {.container_port = 90, .count = 3, .protocol = "tcp"}}));
}

TEST(Resolve, AHealthCheckIsFilledUp) {
  EXPECT_FALSE(resolved({}).health);
  const model::Record record =
      resolved({.health = model::HealthCheck{.test = {"CMD-SHELL", "true"}, .interval = 5}});
  EXPECT_EQ(
      *record.health,
      (model::HealthCheck{
          .test = {"CMD-SHELL", "true"}, .interval = 5, .timeout = 30'000'000'000, .retries = 3}));
  EXPECT_FALSE(resolved({.health = model::HealthCheck{.test = {"NONE"}}}).health);
}

TEST(ImageConfiguration, NullsAreAbsent) {
  const Result<ImageConfig> config = parse_image_config(
      R"({"config":{"Cmd":["a"],"Entrypoint":null,"Volumes":{"/v":{}},"Labels":null}})");
  ASSERT_TRUE(config);
  EXPECT_EQ(*config, (ImageConfig{.command = {"a"}, .volumes = {"/v"}}));
  EXPECT_FALSE(parse_image_config("[]"));
  EXPECT_FALSE(parse_image_config(R"({"config":{"Cmd":"a"}})"));
  EXPECT_FALSE(parse_image_config(R"({"config":{"Env":[1]}})"));
}

TEST(Settings, LaterFilesWinAndListsMayAppend) {
  const std::vector<SettingsFile> files = {
      {"one", {{"containers", {{"pids_limit", 5}, {"env", {"A=1"}}}}}},
      {"two",
       {{"containers", {{"pids_limit", 6}, {"env", {"B=2", {{"append", true}}}}}},
        {"engine", {{"runtimes", {{"x", {"/bin/x"}}}}}}}}};
  const Result<Settings> settings = parse_settings(files);
  ASSERT_TRUE(settings) << settings.error().text;
  EXPECT_EQ(settings->pids_limit, 6);
  EXPECT_EQ(settings->environment, (Words{"A=1", "B=2"}));
  EXPECT_EQ(settings->runtimes.at("x"), (Words{"/bin/x"}));
  const std::vector<SettingsFile> wrong = {{"three", {{"containers", {{"init", "yes"}}}}}};
  EXPECT_EQ(parse_settings(wrong).error().text, "three: init of [containers] is not true or false");
}

}  // namespace
}  // namespace ocirt::bundle
