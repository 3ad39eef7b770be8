// JsonWriter writes documents that any parser reads back.
#include "base/json_writer.h"

#include <gtest/gtest.h>

#include <cstdint>
#include <limits>
#include <string>

namespace ocirt {
namespace {

std::string json_string(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, EscapesQuotesBackslashesAndControlCharacters) {
  EXPECT_EQ(json_string("a\"b\\c\n\t\r\x01\x1b\x7f"), R"("a\"b\\c\n\t\r\u0001\u001b\u007f")");
}

TEST(JsonString, EscapesTheControlCharactersAbove7F) {
  EXPECT_EQ(json_string("\xC2\x9B"
                        "31m"),
            R"("\u009b31m")");
}

TEST(JsonString, KeepsOtherCharacters) {
  EXPECT_EQ(json_string("\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xA7/<>"),
            "\"\xC3\xA4\xE2\x82\xAC\xF0\x9F\x90\xA7/<>\"");
}

TEST(JsonString, ReplacesWhatIsNotUtf8) {
  EXPECT_EQ(json_string("a\xFF"
                        "b\xC3"),
            "\"a\xEF\xBF\xBD"
            "b\xEF\xBF\xBD\"");
}

void write_sample(JsonWriter& json) {
  json.begin_object();
  json.member("text", "x");
  json.member("pid", 12);
  json.key("list");
  json.begin_array();
  json.value(true);
  json.null();
  json.begin_object();
  json.end_object();
  json.end_array();
  json.key("none");
  json.begin_array();
  json.end_array();
  json.end_object();
}

TEST(JsonWriter, WritesOneLineWithoutAnIndent) {
  JsonWriter json;
  write_sample(json);
  EXPECT_EQ(json.text(), R"({"text":"x","pid":12,"list":[true,null,{}],"none":[]})");
}

TEST(JsonWriter, IndentsEachLevel) {
  JsonWriter json("  ");
  write_sample(json);
  EXPECT_EQ(json.text(), R"({
  "text": "x",
  "pid": 12,
  "list": [
    true,
    null,
    {}
  ],
  "none": []
})");
}

TEST(JsonWriter, WritesTheLimitsOfIntegersExactly) {
  JsonWriter json;
  json.begin_array();
  json.value(std::numeric_limits<int64_t>::min());
  json.value(std::numeric_limits<uint64_t>::max());
  json.end_array();
  EXPECT_EQ(json.text(), "[-9223372036854775808,18446744073709551615]");
}

}  // namespace
}  // namespace ocirt
