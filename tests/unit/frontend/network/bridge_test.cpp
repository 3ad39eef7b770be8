#include "frontend/network/bridge.h"

#include <gtest/gtest.h>

#include "frontend/network/definition.h"
#include "frontend/network/pasta.h"

namespace ocirt::network {
namespace {

model::Record asking_for(const std::string& network) {
  model::Record record{.id = "0123456789abcdef"};
  record.request.namespaces.network = network;
  return record;
}

TEST(AskedNetworks, AreThePodmanNetworkIfNobodySays) {
  EXPECT_EQ(*asked_networks(asking_for("")), (std::vector<AskedNetwork>{{.name = "podman"}}));
  EXPECT_EQ(*asked_networks(asking_for("bridge")), (std::vector<AskedNetwork>{{.name = "podman"}}));
}

TEST(AskedNetworks, MayBeSeveralWithOptionsOfTheirOwn) {
  EXPECT_EQ(*asked_networks(asking_for("a:ip=10.1.0.5,mac=02:00:00:00:00:01,b:alias=x,c")),
            (std::vector<AskedNetwork>{
                {.name = "a", .addresses = {"10.1.0.5"}, .mac = "02:00:00:00:00:01"},
                {.name = "b", .aliases = {"x"}},
                {.name = "c"}}));
}

TEST(AskedNetworks, RefuseAnAddressForAllOfThem) {
  model::Record record = asking_for("a,b");
  record.request.ip = "10.1.0.5";
  EXPECT_EQ(asked_networks(record).error().kind, ErrorKind::InvalidConfig);
}

TEST(AskedNetworks, RefuseOptionsThatNobodyKnows) {
  EXPECT_EQ(asked_networks(asking_for("a:color=red")).error().kind, ErrorKind::InvalidConfig);
}

TEST(Definition, SurvivesItsFile) {
  const Definition definition{.name = "n",
                              .id = "abc",
                              .interface = "podman3",
                              .created = "2026-01-02T03:04:05Z",
                              .subnets = {{.subnet = "10.1.0.0/24",
                                           .gateway = "10.1.0.1",
                                           .lease_start = "10.1.0.9",
                                           .lease_end = "10.1.0.20"}},
                              .dns = true,
                              .labels = {{"a", "b"}},
                              .options = {{"mtu", "1400"}}};
  EXPECT_EQ(parse_definition(json_of(definition).dump()), definition);
  EXPECT_EQ(parse_definition("{\"name\": 3}"), std::nullopt);
}

TEST(Pasta, ForwardsNothingThatWasNotAskedFor) {
  EXPECT_EQ(
      pasta_words(asking_for("pasta"), "/run/x", 12),
      (std::vector<std::string>{"--config-net", "--quiet", "--pid", "/run/x", "-t", "none", "-u",
                                "none", "-T", "none", "-U", "none", "--no-map-gw", "12"}));
}

TEST(Pasta, ForwardsPublishedPortsAndPassesOptionsOn) {
  model::Record record = asking_for("pasta:-T,5432,--map-gw");
  record.ports = {{.host_ip = "127.0.0.1", .host_port = 8080, .container_port = 80},
                  {.host_port = 5000, .container_port = 6000, .count = 3, .protocol = "udp"}};
  EXPECT_EQ(pasta_words(record, "/run/x", 12),
            (std::vector<std::string>{"--config-net", "--quiet", "--pid", "/run/x", "-t",
                                      "127.0.0.1/8080:80", "-u", "5000-5002:6000-6002", "-U",
                                      "none", "-T", "5432", "12"}));
}

TEST(KindOf, IsABridgeForRootAlone) {
  EXPECT_EQ(*kind_of("", true), "bridge");
  EXPECT_EQ(*kind_of("mine", true), "bridge");
  EXPECT_EQ(*kind_of("pasta:-T,1", false), "pasta");
  EXPECT_EQ(kind_of("pasta", true).error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(*kind_of("container:x", false), "container:x");
  EXPECT_EQ(kind_of("mine", false).error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(kind_of("container:", false).error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(kind_of("host:1", false).error().kind, ErrorKind::InvalidConfig);
}

}  // namespace
}  // namespace ocirt::network
