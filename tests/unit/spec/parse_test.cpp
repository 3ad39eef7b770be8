// config.json becomes a Config, or one error with all that is wrong in it.
#include "spec/parse.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdint>
#include <string>
#include <string_view>

namespace ocirt::spec {
namespace {

// The findings for a document, one a line; empty when it is read without any.
std::string findings_of(std::string_view json) {
  Result<Config> config = parse_config(json);
  return config ? "" : config.error().text;
}

// The findings for a document with `members` besides those that are required.
std::string findings_with(const std::string& members) {
  return findings_of(R"({"ociVersion": "1.3.0", "root": {"path": "/"}, )" + members + "}");
}

Config config_with(const std::string& members) {
  Result<Config> config =
      parse_config(R"({"ociVersion": "1.3.0", "root": {"path": "/"}, )" + members + "}");
  EXPECT_TRUE(config) << config.error().text;
  return config ? *config : Config{};
}

TEST(ParseConfig, ReadsWhatIsThere) {
  const Config config = config_with(R"("process": {
      "terminal": true, "cwd": "/tmp", "args": ["sh", "-c", "a\nb"],
      "user": {"uid": 1, "gid": 2, "additionalGids": [3, 4]}})");
  const Process expected = {.terminal = true,
                            .cwd = "/tmp",
                            .args = {"sh", "-c", "a\nb"},
                            .user = {.uid = 1, .gid = 2, .additional_gids = {3, 4}}};
  EXPECT_EQ(config.process, expected);
}

TEST(ParseConfig, KeepsAbsentApartFromZeroAndEmpty) {
  const Config config =
      config_with(R"("hostname": "", "linux": {"resources": {"memory": {"swap": 0}}})");
  EXPECT_EQ(config.hostname, "");
  EXPECT_EQ(config.domainname, std::nullopt);
  EXPECT_EQ(config.linux_->resources->memory->swap, 0);
  EXPECT_EQ(config.linux_->resources->memory->limit, std::nullopt);
  EXPECT_EQ(config.linux_->resources->cpu, std::nullopt);
}

TEST(ParseConfig, IgnoresUnknownFieldsWhateverTheyHold) {
  const Config config = config_with(
      R"("new": {"a": [1, {"b": null}], "c": "\u0000"}, "hostname": "h", "solaris": [[]])");
  EXPECT_EQ(config.hostname, "h");
}

TEST(ParseConfig, TakesNullForAbsent) {
  const Config config = config_with(
      R"("process": null, "mounts": null, "annotations": null, "linux": {"seccomp": null})");
  EXPECT_EQ(config.process, std::nullopt);
  EXPECT_TRUE(config.mounts.empty());
  EXPECT_EQ(config.linux_->seccomp, std::nullopt);
}

TEST(ParseConfig, NullDoesNotStandForARequiredField) {
  EXPECT_EQ(findings_of(R"({"ociVersion": null, "root": {"path": "/"}})"),
            "/ociVersion: is required (config.md#specification-version)");
}

TEST(ParseConfig, NullIsNoElement) {
  EXPECT_EQ(findings_with(R"("annotations": {"a": null}, "mounts": [null])"),
            "/annotations/a: must be a string, is null (config.md#annotations)\n"
            "/mounts/0: must be an object, is null (config.md#mounts)");
}

TEST(ParseConfig, CollectsAllFindingsInTheOrderOfTheText) {
  EXPECT_EQ(findings_with(R"("hostname": 1, "process": {
      "terminal": "yes", "cwd": ["/"], "args": ["sh", 2, {}], "env": "A=b",
      "user": {"uid": -1, "gid": true, "umask": 1.5}})"),
            "/hostname: must be a string, is 1 (config.md#hostname)\n"
            "/process/terminal: must be true or false, is \"yes\" (config.md#process)\n"
            "/process/cwd: must be a string, is an array (config.md#process)\n"
            "/process/args/1: must be a string, is 2 (config.md#process)\n"
            "/process/args/2: must be a string, is an object (config.md#process)\n"
            "/process/env: must be an array, is a string (config.md#process)\n"
            "/process/user/uid: must be a whole number from 0 to 4294967295, is -1 "
            "(config.md#user)\n"
            "/process/user/gid: must be a whole number from 0 to 4294967295, is true "
            "(config.md#user)\n"
            "/process/user/umask: must be a whole number from 0 to 4294967295, is 1.5 "
            "(config.md#user)");
}

TEST(ParseConfig, ReadsTheLimitsOfIntegersExactly) {
  const Config config = config_with(R"("linux": {"resources": {
      "memory": {"limit": -9223372036854775808, "swap": 9223372036854775807},
      "cpu": {"shares": 18446744073709551615}}})");
  EXPECT_EQ(config.linux_->resources->memory->limit, INT64_MIN);
  EXPECT_EQ(config.linux_->resources->memory->swap, INT64_MAX);
  EXPECT_EQ(config.linux_->resources->cpu->shares, UINT64_MAX);
}

TEST(ParseConfig, RefusesNumbersThatDoNotFit) {
  EXPECT_EQ(findings_with(R"("linux": {"resources": {
      "memory": {"limit": 9223372036854775808},
      "cpu": {"shares": 18446744073709551616, "quota": 1e3},
      "blockIO": {"weight": 65536}}})"),
            "/linux/resources/memory/limit: must be a whole number from -9223372036854775808 to "
            "9223372036854775807, is 9223372036854775808 (config-linux.md#memory)\n"
            "/linux/resources/cpu/shares: must be a whole number from 0 to 18446744073709551615, "
            "is 18446744073709551616 (config-linux.md#cpu)\n"
            "/linux/resources/cpu/quota: must be a whole number from -9223372036854775808 to "
            "9223372036854775807, is 1e3 (config-linux.md#cpu)\n"
            "/linux/resources/blockIO/weight: must be a whole number from 0 to 65535, is 65536 "
            "(config-linux.md#block-io)");
}

TEST(ParseConfig, NamesRequiredFieldsThatAreMissing) {
  EXPECT_EQ(findings_of(R"({"mounts": [{}], "process": {"user": {}}})"),
            "/mounts/0/destination: is required (config.md#mounts)\n"
            "/process/user/uid: is required (config.md#user)\n"
            "/process/user/gid: is required (config.md#user)\n"
            "/process/cwd: is required (config.md#process)\n"
            "/ociVersion: is required (config.md#specification-version)\n"
            "/root: is required (config.md#root)");
}

TEST(ParseConfig, RefusesAKeyGivenTwice) {
  EXPECT_EQ(findings_with(R"("hostname": "a", "hostname": "b",
      "linux": {"sysctl": {"x": "1", "x": "2"}})"),
            "/hostname: is given twice (config.md#hostname)\n"
            "/linux/sysctl/x: is given twice (config-linux.md#sysctl)");
}

TEST(ParseConfig, RefusesNulCharacters) {
  EXPECT_EQ(findings_with(R"("hostname": "a\u0000b", "annotations": {"k\u0000": "v"})"),
            "/hostname: must not contain a NUL character (config.md#hostname)\n"
            "/annotations/k\\u0000: must not have a NUL character in its name "
            "(config.md#annotations)");
}

TEST(ParseConfig, PointersEscapeSlashesAndTildes) {
  EXPECT_EQ(findings_with(R"("annotations": {"a/b~c": 1})"),
            "/annotations/a~1b~0c: must be a string, is 1 (config.md#annotations)");
}

TEST(ParseConfig, PointersCountTheElementsOfInnerArrays) {
  EXPECT_EQ(findings_with(R"("linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [
      {"names": ["a"], "action": "x"},
      {"names": ["b"], "action": "x", "args": [
        {"index": 0, "value": 1, "op": "x"}, {"index": 0, "value": "1", "op": "x"}]}]}})"),
            "/linux/seccomp/syscalls/1/args/1/value: must be a whole number from 0 to "
            "18446744073709551615, is \"1\" (config-linux.md#seccomp)");
}

TEST(ParseConfig, StopsAfterAHundredFindings) {
  std::string args = "0";
  for (int i = 0; i < 500; i++) args += ",0";
  const std::string findings = findings_with(
      R"("process": {"cwd": "/", "user": {"uid": 0, "gid": 0}, "args": [)" + args + "]}");
  EXPECT_EQ(std::count(findings.begin(), findings.end(), '\n'), 100);
  EXPECT_TRUE(findings.ends_with("\nmore is wrong, but only this much is shown"));
}

TEST(ParseConfig, TheDocumentMustBeAnObject) {
  EXPECT_EQ(findings_of("[]"), "must be an object, is an array (config.md)");
  EXPECT_EQ(findings_of("null"), "must be an object, is null (config.md)");
}

TEST(ParseConfig, GivesTheTextOfTheSeccompProfile) {
  const std::string json = R"({"ociVersion": "1.3.0", "root": {"path": "/"},
      "linux": {"seccomp": {"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ ]} , "devices": []}})";
  SourceSpans spans;
  ASSERT_TRUE(parse_config(json, &spans));
  EXPECT_EQ(spans.seccomp, R"({"defaultAction": "SCMP_ACT_ALLOW", "syscalls": [ ]})");
}

TEST(ParseConfig, GivesNoTextWithoutASeccompProfile) {
  SourceSpans spans;
  ASSERT_TRUE(parse_config(R"({"ociVersion": "1.3.0", "root": {"path": "/"}})", &spans));
  EXPECT_EQ(spans.seccomp, "");
}

// --- text that is no JSON ----------------------------------------------------------------------

TEST(MalformedJson, IsOneFindingWithItsPlace) {
  EXPECT_EQ(findings_of("{\n  \"ociVersion\": \"1.3.0\",\n  \"root\": {]\n}"),
            "is not JSON: parse error: invalid object key (must be a string): line 3, column 12, "
            "near   \"root\": {]");
}

TEST(MalformedJson, NamesTheEndOfACutOffDocument) {
  EXPECT_EQ(findings_of("{\"ociVersion\":\n \"1.3"),
            "is not JSON: parse error: premature EOF: line 2, column 6, near  \"1.3");
  EXPECT_EQ(findings_of(""), "is not JSON: parse error: premature EOF: line 1, column 1");
}

TEST(MalformedJson, StandsAfterTheFindingsBeforeIt) {
  EXPECT_EQ(findings_of(R"({"hostname": 1, })"),
            "/hostname: must be a string, is 1 (config.md#hostname)\n"
            "is not JSON: parse error: invalid object key (must be a string): line 1, column 17, "
            "near {\"hostname\": 1, }");
}

TEST(MalformedJson, ColumnsCountCharacters) {
  EXPECT_EQ(findings_of("{\"\xC3\xA4\xE2\x82\xAC\": x}"),
            "is not JSON: lexical error: invalid char in json text: line 1, column 8, near "
            "{\"?????\": x}");
}

// What comes after "is not JSON: ", up to the place.
std::string reason_of(std::string_view json) {
  const std::string finding = findings_of(json);
  const size_t begin = finding.find("is not JSON: ") + 13;
  return finding.substr(begin, finding.find(": line ") - begin);
}

TEST(MalformedJson, IsWhateverTheGrammarForbids) {
  EXPECT_EQ(reason_of("[] {}"), "parse error: trailing garbage");
  EXPECT_EQ(reason_of("{\"a\" 1}"),
            "parse error: object key and value must be separated by a colon (':')");
  EXPECT_EQ(reason_of("{\"a\": nul}"), "lexical error: invalid string in json text");
  EXPECT_EQ(reason_of("{\"a\": 01}"),
            "parse error: after key and value, inside map, I expect ',' or '}'");
  EXPECT_EQ(reason_of("{\"a\": \"x\ny\"}"), "lexical error: invalid character inside string");
  EXPECT_EQ(reason_of(std::string_view("{\0}", 3)), "lexical error: invalid char in json text");
  EXPECT_EQ(reason_of("{\"a\": \"\\x\"}"),
            "lexical error: inside a string, '\\' occurs before a character which it may not");
  EXPECT_EQ(reason_of("{/**/}"),
            "lexical error: probable comment found in input text, comments are not enabled");
}

TEST(MalformedJson, IsTextThatIsNotUnicode) {
  EXPECT_EQ(findings_of("{\n\"\xC3\xA4\": \"\xFF\"}"),
            "is not JSON: a character that is not Unicode: line 2, column 7, near \"??\": \"?\"}");
  EXPECT_EQ(reason_of(R"({"a": "\ud83d"})"), "a character that is not Unicode");
  EXPECT_EQ(reason_of(R"({"a": "\ud83d\n"})"), "a character that is not Unicode");
  EXPECT_EQ(reason_of(R"({"a": "\udc27"})"), "a character that is not Unicode");
}

TEST(MalformedJson, IsNotAWholePairOfSurrogates) {
  EXPECT_EQ(config_with(R"("hostname": "\\\ud83d\udc27")").hostname, "\\\xF0\x9F\x90\xA7");
}

TEST(MalformedJson, IsMoreThan64Levels) {
  const std::string deep = std::string(63, '[') + std::string(63, ']');
  EXPECT_EQ(findings_with("\"new\": " + deep), "");
  EXPECT_EQ(findings_with("\"new\": [" + deep + "]"),
            "has more than 64 levels: line 1, column 118, near "
            "[[[[[[[[[[[[[[[[[[[[[[[[[]]]]]]]]]]]]]]]]]]]]]]]");
}

TEST(MalformedJson, IsMoreThan64Mebibytes) {
  EXPECT_EQ(findings_of(std::string((64U << 20) + 1, ' ')), "is larger than 64 MiB");
}

// --- other documents ---------------------------------------------------------------------------

TEST(ParseProcess, PointersStartAtTheProcess) {
  Result<Process> process = parse_process(R"({"cwd": 1, "user": {"uid": 0, "gid": 0}})");
  ASSERT_FALSE(process);
  EXPECT_EQ(process.error().kind, ErrorKind::InvalidConfig);
  EXPECT_EQ(process.error().text, "/cwd: must be a string, is 1 (config.md#process)");
}

TEST(ParseResources, ReadsWhatUpdateIsGiven) {
  Result<Resources> resources = parse_resources(R"({"pids": {"limit": 10}, "memory": {}})");
  ASSERT_TRUE(resources) << resources.error().text;
  EXPECT_EQ(*resources, (Resources{.memory = Memory{}, .pids = Pids{.limit = 10}}));
}

}  // namespace
}  // namespace ocirt::spec
