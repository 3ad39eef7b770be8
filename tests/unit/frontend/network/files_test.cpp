#include "frontend/network/files.h"

#include <gtest/gtest.h>

namespace ocirt::network {
namespace {

model::Record record_on(const std::string& network) {
  model::Record record{.id = "0123456789abcdef", .name = "web", .network = network};
  return record;
}

TEST(Hosts, HaveAddedNamesFirstThenTheHostsThenTheContainersOwn) {
  model::Record record = record_on("bridge");
  record.request.add_hosts = {"db:10.1.2.3"};
  const NetworkState state{
      .kind = "bridge", .interfaces = {{.addresses = {"10.88.0.9/16"}, .gateways = {"10.88.0.1"}}}};
  EXPECT_EQ(*make_hosts(record, &state, "# ours\n127.0.0.1  localhost  lo\n\n"),
            "10.1.2.3\tdb\n"
            "127.0.0.1\tlocalhost lo\n"
            "10.88.0.1\thost.containers.internal\n"
            "10.88.0.9\t0123456789ab web\n");
}

TEST(Hosts, RefuseANameWithoutAddress) {
  model::Record record = record_on("bridge");
  record.request.add_hosts = {"db"};
  EXPECT_EQ(make_hosts(record, nullptr, "").error().kind, ErrorKind::InvalidConfig);
}

TEST(Hosts, KeepAnIpv6AddressWhole) {
  model::Record record = record_on("bridge");
  record.request.add_hosts = {"db:fd00::1"};
  EXPECT_EQ(*make_hosts(record, nullptr, ""), "fd00::1\tdb\n");
}

TEST(ResolvConf, LeavesOutServersOnTheHostsLoopback) {
  EXPECT_EQ(make_resolv_conf(record_on("bridge"), nullptr,
                             "nameserver 127.0.0.53\nnameserver 10.0.0.1\nsearch lab\n"),
            "search lab\nnameserver 10.0.0.1\n");
  EXPECT_EQ(make_resolv_conf(record_on("host"), nullptr, "nameserver 127.0.0.53\n"),
            "nameserver 127.0.0.53\n");
}

TEST(ResolvConf, HasOnlyTheServersThatWereAskedFor) {
  model::Record record = record_on("slirp4netns");
  record.request.dns = {"9.9.9.9"};
  record.request.dns_search = {"."};
  record.request.dns_options = {"ndots:2"};
  EXPECT_EQ(make_resolv_conf(record, nullptr, "nameserver 10.0.0.1\nsearch lab\noptions edns0\n"),
            "nameserver 9.9.9.9\noptions ndots:2\n");
}

TEST(ResolvConf, AsksSlirpBeforeTheHostsServers) {
  EXPECT_EQ(make_resolv_conf(record_on("slirp4netns"), nullptr, "nameserver 10.0.0.1\n"),
            "nameserver 10.0.2.3\nnameserver 10.0.0.1\n");
}

TEST(ResolvConf, AsksTheNetworksOwnServersAlone) {
  const NetworkState state{.nameservers = {"10.89.0.1"}, .search_domains = {"dns.podman"}};
  EXPECT_EQ(make_resolv_conf(record_on("bridge"), &state, "nameserver 10.0.0.1\nsearch lab\n"),
            "search dns.podman lab\nnameserver 10.89.0.1\n");
}

TEST(HostName, IsTheShortIdUnlessSomebodySays) {
  model::Record record = record_on("pasta");
  EXPECT_EQ(host_name_of(record), "0123456789ab");
  record.request.hostname = "box";
  EXPECT_EQ(host_name_of(record), "box");
}

}  // namespace
}  // namespace ocirt::network
