// What a payload writes becomes whole records, within the limits.
#include "shim/model/line_frame.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shim/model/journal_message.h"

namespace ocirt::shim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;

constexpr Moment kMoment{.seconds = 1700000000, .nanoseconds = 42, .offset_s = 3600};
constexpr const char* kHead = "2023-11-14T23:13:20.000000042+01:00 stdout ";

std::string framed(LogDriver driver, std::string_view data, const Room& room = {},
                   size_t size = 1 << 20) {
  std::string out(size, '?');
  const Stamp stamp = driver == LogDriver::JsonFile ? Stamp::utc(kMoment) : Stamp::local(kMoment);
  const Framed result = frame_lines(driver, Stream::Stdout, stamp, data, room, out);
  out.resize(result.produced);
  return out;
}

TEST(Stamp, KnowsOffsetsAndLeapDays) {
  EXPECT_EQ(Stamp::utc({.seconds = 1709164800}).text(), "2024-02-29T00:00:00.000000000Z");
  EXPECT_EQ(Stamp::local({.seconds = 0, .nanoseconds = 1, .offset_s = -12600}).text(),
            "1969-12-31T20:30:00.000000001-03:30");
  EXPECT_EQ(Stamp::local({.seconds = 951868799}).text(), "2000-02-29T23:59:59.000000000+00:00");
}

TEST(LineFrame, MarksLinesAndPieces) {
  EXPECT_EQ(framed(LogDriver::KubernetesFile, "one\n\ntwo"),
            std::string(kHead) + "F one\n" + kHead + "F \n" + kHead + "P two\n");
}

TEST(LineFrame, CutsLongLines) {
  const std::string line = std::string(kLongestPiece, 'x') + "y\n";
  EXPECT_EQ(framed(LogDriver::KubernetesFile, line),
            kHead + ("P " + line.substr(0, kLongestPiece)) + "\n" + kHead + "F y\n");
}

TEST(LineFrame, WritesDockersJson) {
  EXPECT_EQ(framed(LogDriver::JsonFile, "say \"x\"\n"),
            R"({"log":"say \"x\"\n","stream":"stdout","time":"2023-11-14T22:13:20.000000042Z"})"
            "\n");
}

TEST(LineFrame, StopsBeforeTheRecordThatDoesNotFit) {
  const size_t record = std::string(kHead).size() + std::string("F one\n").size();
  std::string out(4096, '?');
  const Framed exactly = frame_lines(LogDriver::KubernetesFile, Stream::Stdout,
                                     Stamp::local(kMoment), "one\ntwo\n", {.in_file = record}, out);
  EXPECT_EQ(exactly.consumed, 4U);
  EXPECT_EQ(exactly.produced, record);
  EXPECT_TRUE(exactly.file_is_full);
  EXPECT_EQ(framed(LogDriver::KubernetesFile, "one\n", {.in_file = record - 1}), "");
}

TEST(LineFrame, TheRecordThatReachesTheTotalIsTheLast) {
  std::string out(4096, '?');
  const Framed result = frame_lines(LogDriver::KubernetesFile, Stream::Stdout,
                                    Stamp::local(kMoment), "one\ntwo\n", {.in_total = 1}, out);
  EXPECT_EQ(result.consumed, 4U);
  EXPECT_TRUE(result.total_is_reached);
}

TEST(LineFrame, AnyRecordFitsIntoItsBuffer) {
  const std::string nuls(kLongestPiece, '\0');
  EXPECT_THAT(framed(LogDriver::JsonFile, nuls, {}, kLongestRecord), Not(testing::IsEmpty()));
}

TEST(JournalLines, WaitForTheRestOfALine) {
  Options options{.cid = "0123456789abcdef", .name = "web"};
  options.log_labels = {"APP=x", "bad-name=y", "_TRUSTED=no"};
  JournalLines lines(options);
  std::vector<std::string> records;
  const auto keep = [&](const std::string& record) { records.push_back(record); };
  lines.feed(Stream::Stdout, "hel", keep);
  EXPECT_TRUE(records.empty());
  lines.feed(Stream::Stderr, "<4>bad\n", keep);
  lines.feed(Stream::Stdout, "lo\nrest", keep);
  lines.finish(keep);
  const std::string always =
      "CONTAINER_ID_FULL=0123456789abcdef\nCONTAINER_ID=0123456789ab\nCONTAINER_NAME=web\n"
      "SYSLOG_IDENTIFIER=web\nAPP=x\n";
  EXPECT_THAT(
      records,
      ElementsAre("MESSAGE=bad\nPRIORITY=4\n" + always, "MESSAGE=hello\nPRIORITY=6\n" + always,
                  "MESSAGE=rest\nPRIORITY=6\n" + always + "CONTAINER_PARTIAL_MESSAGE=true\n"));
}

TEST(JournalLines, ALongLineGoesInPieces) {
  JournalLines lines(Options{.cid = "0123456789abcdef"});
  std::vector<std::string> records;
  lines.feed(Stream::Stdout, std::string(kLongestPiece + 1, 'x') + "\n",
             [&](const std::string& record) { records.push_back(record); });
  ASSERT_EQ(records.size(), 2U);
  EXPECT_THAT(records[0], HasSubstr("CONTAINER_PARTIAL_MESSAGE=true"));
  EXPECT_THAT(records[1], HasSubstr("MESSAGE=x\n"));
}

TEST(JournalField, GoesWithItsLengthWhereItHasNewlines) {
  std::string message;
  append_journal_field(message, "MESSAGE", "a\nb");
  EXPECT_EQ(message, std::string("MESSAGE\n\3\0\0\0\0\0\0\0a\nb\n", 20));
}

}  // namespace
}  // namespace ocirt::shim
