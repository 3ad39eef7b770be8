// Values in GVariant's text form, as the annotations of systemd's properties have them.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "runtime/plan/decide_unit.h"

namespace ocirt::plan {
namespace {

using testing::HasSubstr;

struct Reading {
  const char* text;
  const char* expected;  // the type that is asked for; "" for any
  UnitProperty value;
};

class Gvariant : public testing::TestWithParam<Reading> {};

TEST_P(Gvariant, BecomesWords) {
  const Result<UnitProperty> value = parse_gvariant(GetParam().text, GetParam().expected);
  ASSERT_TRUE(value) << value.error().text;
  EXPECT_EQ(value->signature, GetParam().value.signature);
  EXPECT_EQ(value->words, GetParam().value.words);
}

UnitProperty value(std::string signature, std::vector<std::string> words) {
  return {.name = {}, .signature = std::move(signature), .words = std::move(words)};
}

INSTANTIATE_TEST_SUITE_P(
    Values, Gvariant,
    testing::Values(
        Reading{"true", "", value("b", {"true"})}, Reading{"5", "", value("i", {"5"})},
        Reading{" -5 ", "", value("i", {"-5"})}, Reading{"5", "t", value("t", {"5"})},
        Reading{"uint64 18446744073709551615", "", value("t", {"18446744073709551615"})},
        Reading{"int64 -9223372036854775808", "", value("x", {"-9223372036854775808"})},
        Reading{"byte 0xff", "", value("y", {"255"})}, Reading{"2.5", "", value("d", {"2.5"})},
        Reading{"'a\\'b\\n'", "", value("s", {"a'b\n"})},
        Reading{"\"\\u00e9\\U0001f600\"", "", value("s", {"\xc3\xa9\xf0\x9f\x98\x80"})},
        Reading{"['a', \"b\"]", "", value("as", {"2", "a", "b"})},
        Reading{"@as []", "", value("as", {"0"})}, Reading{"[]", "as", value("as", {"0"})},
        Reading{"[byte 1, 2]", "", value("ay", {"2", "1", "2"})},
        Reading{"[('/dev/sda', uint64 9)]", "", value("a(st)", {"1", "/dev/sda", "9"})},
        Reading{"[('/dev/sda', 9)]", "a(st)", value("a(st)", {"1", "/dev/sda", "9"})},
        Reading{"<'x'>", "", value("v", {"s", "x"})},
        Reading{"objectpath '/a'", "", value("o", {"/a"})}));

class Malformed : public testing::TestWithParam<const char*> {};

TEST_P(Malformed, IsAnErrorAndNoCrash) {
  for (const char* expected : {"", "t", "as", "a(st)", "s", "b"}) {
    EXPECT_FALSE(parse_gvariant(GetParam(), expected)) << GetParam() << " as " << expected;
  }
}

INSTANTIATE_TEST_SUITE_P(Texts, Malformed,
                         testing::Values("", " ", "[", "['a'", "['a' 'b']", "('a'", "()", "'a",
                                         "'a\\", "'\\u12'", "'\\ud800'", "uint64", "uint64 ",
                                         "uint64 'a'", "uint64 -1", "byte 256", "int32 2147483648",
                                         "nonsense", "@", "@a", "@( 1", "@as", "1 2", "['a', 1]",
                                         "<1", "[[[[[[[[[[[[[[[[[[[[[[1]", "--1", "0x", "1e5x",
                                         "{'a': 1}", "nothing"));

TEST(Gvariant, SaysWhichTypeWasExpected) {
  EXPECT_THAT(parse_gvariant("'a lot'", "t").error().text, HasSubstr("must be a uint64"));
}

// --- properties ----------------------------------------------------------------------------------

TEST(UnitProperty, SecondsBecomeMicroseconds) {
  const UnitProperty expected = {.name = "TimeoutStopUSec", .signature = "t", .words = {"2500000"}};
  EXPECT_EQ(decide_property("TimeoutStopSec", "2.5", false).value(), expected);
  EXPECT_EQ(decide_property("TimeoutStopSec", "uint32 7", false)->words[0], "7000000");
  EXPECT_EQ(decide_property("TimeoutStopSec", "'infinity'", false)->words[0],
            "18446744073709551615");
  EXPECT_EQ(decide_property("TimeoutStopUSec", "7", false)->words[0], "7");
  EXPECT_FALSE(decide_property("TimeoutStopSec", "-2", false));
  EXPECT_FALSE(decide_property("TimeoutStopSec", "uint64 18446744073709551614", false));
  EXPECT_FALSE(decide_property("TimeoutStopSec", "['a']", false));
}

TEST(UnitProperty, TypesOfKnownOnesAreChecked) {
  EXPECT_EQ(decide_property("MemoryHigh", "5", true)->signature, "t");
  EXPECT_FALSE(decide_property("MemoryHigh", "'5'", false));
  EXPECT_EQ(decide_property("Unheard", "'5'", false)->signature, "s");
}

TEST(UnitProperty, NamesAreChecked) {
  for (const char* name : {"", "a", "Ab", "memoryHigh", "Memory High", "Memory.High", "../../X",
                           "PIDs", "Slice", "Delegate"}) {
    EXPECT_FALSE(decide_property(name, "true", false)) << name;
  }
}

TEST(UnitProperty, PlainUsersHaveAList) {
  EXPECT_EQ(decide_property("BindsTo", "['a.service']", true).error().kind, ErrorKind::Denied);
  EXPECT_TRUE(decide_property("BindsTo", "['a.service']", false));
  EXPECT_TRUE(decide_property("RuntimeMaxSec", "5", true));
}

}  // namespace
}  // namespace ocirt::plan
