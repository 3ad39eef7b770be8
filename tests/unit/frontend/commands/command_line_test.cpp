// Command lines and what the verbs' tables make of them.
#include "frontend/commands/command_line.h"

#include <gtest/gtest.h>

#include <array>

namespace ocirt::frontend {
namespace {

using Words = std::vector<std::string>;

constexpr std::array<Option, 1> kGlobals = {{{.name = "root", .value_name = "DIR"}}};
constexpr std::array<Option, 6> kOptions = {{
    {.name = "interactive", .short_name = 'i', .value_name = ""},
    {.name = "tty", .short_name = 't', .value_name = ""},
    {.name = "detach", .short_name = 'd', .value_name = ""},
    {.name = "env", .short_name = 'e', .value_name = "K=V"},
    {.name = "cap-add", .value_name = "CAP", .is_list = true},
    {.name = "hostname", .short_name = 'h', .value_name = "NAME"},
}};
const Verb kRun = {.name = "run", .options = kOptions, .fewest_words = 1, .stops_at_word = true};
const Verb kLs = {.name = "image ls", .options = kOptions};
const std::array<const Verb*, 2> kVerbs = {&kRun, &kLs};

Result<Parsed> parse(const Words& arguments) {
  return parse_line(kVerbs, kGlobals, arguments);
}

TEST(CommandLine, FlagsMayBeBundled) {
  const Result<Parsed> parsed = parse({"run", "-itd", "-eA=B", "-e", "C=D", "image"});
  ASSERT_TRUE(parsed);
  const Line& line = parsed->line;
  EXPECT_TRUE(line.flag("interactive") && line.flag("tty") && line.flag("detach"));
  EXPECT_EQ(line.values("env"), (Words{"A=B", "C=D"}));
}

TEST(CommandLine, WhatFollowsTheImageIsTheContainers) {
  const Result<Parsed> parsed = parse({"run", "image", "ls", "-i", "--root", "--", "x"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->line.words(), (Words{"image", "ls", "-i", "--root", "--", "x"}));
  EXPECT_FALSE(parsed->line.has("interactive"));
}

TEST(CommandLine, OtherVerbsTakeOptionsAfterWords) {
  const Result<Parsed> parsed = parse({"image", "ls", "word", "-t", "--root=/x", "--", "-d"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->verb, &kLs);
  EXPECT_EQ(parsed->line.words(), (Words{"word", "-d"}));
  EXPECT_TRUE(parsed->line.flag("tty"));
  EXPECT_EQ(parsed->globals.value("root"), "/x");
}

TEST(CommandLine, AVerbsNameMayBeAWord) {
  const Result<Parsed> parsed = parse({"image", "ls", "run"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->verb, &kLs);
  EXPECT_EQ(parsed->line.words(), (Words{"run"}));
}

TEST(CommandLine, FlagsMayBeSetToFalse) {
  const Result<Parsed> parsed = parse({"run", "--tty=false", "image"});
  ASSERT_TRUE(parsed);
  EXPECT_FALSE(parsed->line.flag("tty", true));
  EXPECT_TRUE(parsed->line.flag("detach", true));
  EXPECT_FALSE(parse({"run", "--tty=perhaps", "image"}));
}

TEST(CommandLine, ListsAreSplitAtCommas) {
  const Result<Parsed> parsed = parse({"run", "--cap-add=A,B", "--cap-add", "\"C,D\",E", "image"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->line.values("cap-add"), (Words{"A", "B", "C,D", "E"}));
}

TEST(CommandLine, ValuesMayBeginWithADashOrBeEmpty) {
  const Result<Parsed> parsed = parse({"run", "--env", "-1", "--hostname", "", "image"});
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->line.value("env"), "-1");
  EXPECT_TRUE(parsed->line.has("hostname"));
}

TEST(CommandLine, AVerbMayTakeTheLetterOfHelp) {
  const Result<Parsed> run = parse({"run", "-h", "name", "image"});
  ASSERT_TRUE(run);
  EXPECT_EQ(run->line.value("hostname"), "name");
  const Result<Parsed> program = parse({"-h"});
  ASSERT_TRUE(program);
  EXPECT_EQ(program->verb, nullptr);
  EXPECT_EQ(program->status, 0);
}

TEST(CommandLine, MistakesAreNamed) {
  EXPECT_EQ(parse({"run", "--no-such", "image"}).error().text, "there is no option --no-such");
  EXPECT_EQ(parse({"run", "-ix", "image"}).error().text, "there is no option -x");
  EXPECT_EQ(parse({"run", "--env"}).error().text, "--env needs a value");
  EXPECT_EQ(parse({"walk"}).error().text, "there is no verb 'walk'");
  EXPECT_EQ(parse({"image", "walk"}).error().text, "there is no verb 'image walk'");
  EXPECT_FALSE(parse({"run"}));
  const Result<Parsed> group = parse({"image"});
  ASSERT_TRUE(group);
  EXPECT_EQ(group->status, 125);
}

}  // namespace
}  // namespace ocirt::frontend
