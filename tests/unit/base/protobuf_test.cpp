// Protocol Buffers' wire format: what is written can be read, and what anybody sends does no harm.
#include "base/protobuf.h"

#include <gtest/gtest.h>

#include <string>

namespace ocirt {
namespace {

TEST(Protobuf, WritesTheBytesOfItsSpecification) {
  ProtobufWriter out;
  out.number(1, 150);
  out.bytes(2, "testing");
  EXPECT_EQ(out.text(), std::string("\x08\x96\x01\x12\x07testing"));
}

TEST(Protobuf, WritesNegativeNumbersInTenBytes) {
  ProtobufWriter out;
  out.number(1, -1);
  EXPECT_EQ(out.text(), std::string("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"));
}

TEST(Protobuf, ReadsWhatItWrote) {
  ProtobufWriter out;
  out.number(64, 3);
  out.bytes(200, std::string(300, 'x'));
  ProtobufReader reader(out.text());
  const auto first = reader.next();
  ASSERT_TRUE(first);
  EXPECT_EQ(first->field, 64U);
  EXPECT_EQ(first->number, 3U);
  const auto second = reader.next();
  ASSERT_TRUE(second);
  EXPECT_EQ(second->field, 200U);
  EXPECT_EQ(second->bytes, std::string(300, 'x'));
  EXPECT_FALSE(reader.next());
  EXPECT_FALSE(reader.damaged());
}

TEST(Protobuf, SkipsNumbersOfFixedSize) {
  ProtobufReader reader(
      std::string_view("\x09"
                       "12345678"
                       "\x15"
                       "1234"
                       "\x18\x07",
                       16));
  EXPECT_TRUE(reader.next());
  EXPECT_TRUE(reader.next());
  const auto third = reader.next();
  ASSERT_TRUE(third);
  EXPECT_EQ(third->number, 7U);
}

TEST(Protobuf, NoticesDamage) {
  for (const std::string_view damaged : {
           std::string_view("\x08"),          // the number is missing
           std::string_view("\x12\x07test"),  // shorter than it says
           std::string_view("\x0b\x01"),      // a group, which nobody writes
           std::string_view("\x08\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff\xff", 12),
       }) {
    ProtobufReader reader(damaged);
    while (reader.next()) {
    }
    EXPECT_TRUE(reader.damaged());
  }
}

}  // namespace
}  // namespace ocirt
