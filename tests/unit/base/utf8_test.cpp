// The check of UTF-8 takes what RFC 3629 allows, and nothing else.
#include "base/utf8.h"

#include <gtest/gtest.h>

#include <string>

namespace ocirt {
namespace {

TEST(Utf8, WellFormedCharactersHaveTheirLength) {
  EXPECT_EQ(utf8_character("a"), 1U);
  EXPECT_EQ(utf8_character("\xC3\xA4"), 2U);
  EXPECT_EQ(utf8_character("\xE2\x82\xAC"), 3U);
  EXPECT_EQ(utf8_character("\xF0\x9F\x90\xA7"), 4U);
}

TEST(Utf8, IllFormedCharactersHaveNone) {
  EXPECT_EQ(utf8_character(""), 0U);
  EXPECT_EQ(utf8_character("\x80"), 0U) << "a continuation without a beginning";
  EXPECT_EQ(utf8_character("\xC3"), 0U) << "cut off";
  EXPECT_EQ(utf8_character("\xC3("), 0U) << "not continued";
  EXPECT_EQ(utf8_character("\xC0\xAF"), 0U) << "an overlong slash";
  EXPECT_EQ(utf8_character("\xE0\x80\xAF"), 0U) << "an overlong slash";
  EXPECT_EQ(utf8_character("\xED\xA0\x80"), 0U) << "a surrogate";
  EXPECT_EQ(utf8_character("\xF4\x90\x80\x80"), 0U) << "above U+10FFFF";
}

TEST(Utf8, PrefixEndsAtTheFirstBadByteWhereverItStands) {
  for (size_t at = 0; at < 40; at++) {
    std::string text(40, 'x');
    text[at] = '\xFF';
    EXPECT_EQ(utf8_prefix(text), at);
  }
  EXPECT_EQ(utf8_prefix(std::string(41, 'x')), 41U);
}

}  // namespace
}  // namespace ocirt
