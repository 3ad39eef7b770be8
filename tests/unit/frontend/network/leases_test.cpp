#include "frontend/network/leases.h"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>

namespace ocirt::network {
namespace {

// A directory for what containers hold, and containers that have a network.
class Leases : public testing::Test {
 protected:
  Leases() {
    std::string name = std::filesystem::temp_directory_path() / "leases.XXXXXX";
    root_ = ::mkdtemp(name.data());
  }
  ~Leases() override { std::filesystem::remove_all(root_); }

  Directories add(const std::string& id) {
    std::filesystem::create_directories(root_ / id);
    std::ofstream(root_ / id / "network.json") << "{}";
    return {.run = root_ / id};
  }
  Result<std::string> take(const std::string& id, const std::string& wanted = "") {
    return take_address(add(id), id, "n", kSubnet, wanted);
  }

  const Subnet kSubnet{.subnet = "10.1.0.0/29", .gateway = "10.1.0.1"};
  std::filesystem::path root_;
};

TEST_F(Leases, GoFromTheTopAndAreTakenOnce) {
  EXPECT_EQ(*take("a"), "10.1.0.6");
  EXPECT_EQ(*take("b"), "10.1.0.5");
  EXPECT_EQ(take("c", "10.1.0.5").error().kind, ErrorKind::AlreadyExists);
}

TEST_F(Leases, EndWhereTheSubnetEnds) {
  for (const char* id : {"a", "b", "c", "d", "e"}) EXPECT_TRUE(take(id)) << id;
  EXPECT_FALSE(take("f"));  // .7 is for broadcasts, .1 the gateway, .0 the network
}

TEST_F(Leases, ComeBack) {
  EXPECT_EQ(*take("a"), "10.1.0.6");
  give_back({.run = root_ / "a"}, "a");
  EXPECT_EQ(*take("b"), "10.1.0.6");
}

TEST_F(Leases, OfContainersThatHaveNoNetworkAnyMoreAreNobodys) {
  EXPECT_EQ(*take("a"), "10.1.0.6");
  std::filesystem::remove_all(root_ / "a");
  EXPECT_EQ(*take("b"), "10.1.0.6");
}

TEST_F(Leases, RefuseAnAddressOutsideOfTheSubnet) {
  EXPECT_EQ(take("a", "10.2.0.1").error().kind, ErrorKind::InvalidConfig);
}

TEST_F(Leases, GiveAPortToOneContainer) {
  const auto with = [](const std::string& id, const std::string& ip) {
    return model::Record{.id = id,
                         .ports = {{.host_ip = ip, .host_port = 80, .container_port = 8080}}};
  };
  EXPECT_TRUE(take_ports(add("a"), with("a", "127.0.0.1")));
  EXPECT_TRUE(take_ports(add("b"), with("b", "127.0.0.2")));
  EXPECT_EQ(take_ports(add("c"), with("c", "")).error().kind, ErrorKind::AlreadyExists);
  EXPECT_EQ(take_ports(add("d"), with("d", "127.0.0.1")).error().kind, ErrorKind::AlreadyExists);
}

}  // namespace
}  // namespace ocirt::network
