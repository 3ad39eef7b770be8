#include "frontend/network/cidr.h"

#include <gtest/gtest.h>

namespace ocirt::network {
namespace {

TEST(Cidr, ClearsTheHostsBits) {
  EXPECT_EQ(print_cidr(*parse_cidr("10.89.3.7/16")), "10.89.0.0/16");
  EXPECT_EQ(print_cidr(*parse_cidr("fd00::1:2/64")), "fd00::/64");
}

TEST(Cidr, RefusesWhatIsNone) {
  for (const char* text :
       {"", "10.0.0.0", "10.0.0.0/33", "10.0.0/24", "::/129", "1.2.3.4/x", "/8"}) {
    EXPECT_FALSE(parse_cidr(text)) << text;
  }
}

TEST(Cidr, HoldsItsAddressesAlone) {
  const Cidr range = *parse_cidr("10.89.0.0/24");
  EXPECT_TRUE(range.holds(*parse_address("10.89.0.255")));
  EXPECT_FALSE(range.holds(*parse_address("10.89.1.0")));
  EXPECT_FALSE(range.holds(*parse_address("::10.89.0.1")));
  EXPECT_TRUE(parse_cidr("0.0.0.0/0")->holds(*parse_address("255.255.255.255")));
  EXPECT_TRUE(parse_cidr("::/0")->holds(*parse_address("ffff::")));
}

TEST(Cidr, OverlapsWhereEitherHoldsTheOther) {
  EXPECT_TRUE(parse_cidr("10.0.0.0/8")->overlaps(*parse_cidr("10.89.0.0/24")));
  EXPECT_TRUE(parse_cidr("10.89.0.0/24")->overlaps(*parse_cidr("10.0.0.0/8")));
  EXPECT_FALSE(parse_cidr("10.88.0.0/16")->overlaps(*parse_cidr("10.89.0.0/16")));
}

}  // namespace
}  // namespace ocirt::network
