// Challenges, names, configuration and documents: what is text, and comes from elsewhere.
#include <gtest/gtest.h>

#include <string>

#include "frontend/registry/auth_file.h"
#include "frontend/registry/challenge.h"
#include "frontend/registry/manifest.h"
#include "frontend/registry/policy.h"
#include "frontend/registry/reference.h"
#include "frontend/registry/registries_conf.h"
#include "frontend/registry/registry.h"
#include "frontend/registry/toml.h"

namespace ocirt::registry {
namespace {

const std::string kDigest = "sha256:" + std::string(64, 'a');

TEST(Challenge, HasSchemesAndParametersInOrder) {
  const std::vector<Challenge> wanted = {
      {.scheme = "bearer",
       .parameters = {{"realm", "https://a.test/token"}, {"scope", "repository:a/b:pull,push"}}},
      {.scheme = "basic", .parameters = {{"realm", "a \"b\""}}}};
  EXPECT_EQ(parse_challenges("Bearer realm=\"https://a.test/token\", "
                             "Scope=\"repository:a/b:pull,push\", Basic realm=\"a \\\"b\\\"\""),
            wanted);
  EXPECT_TRUE(parse_challenges("\"\x01").empty());
}

TEST(Reference, AddsWhatPeopleLeaveOut) {
  EXPECT_EQ(parse_reference("docker.io/httpd")->text(), "docker.io/library/httpd:latest");
  EXPECT_EQ(parse_reference("localhost:5000/httpd:2")->text(), "localhost:5000/httpd:2");
  EXPECT_EQ(parse_reference("a.test/b@" + kDigest)->wanted(), kDigest);
}

TEST(Reference, RefusesWhatIsNoName) {
  for (const char* name : {"a.test/../b", "a.test/B", "a.test/b:", "a.test/b//c", "a.test/",
                           "a.test/b:-t", "a test/b", "a.test/b@sha256:12", "a.test/b@md5:12"}) {
    EXPECT_FALSE(parse_reference(name)) << name;
  }
}

TEST(Toml, ReadsTablesListsAndValues) {
  const auto document =
      parse_toml("a = [1, 'x'] # words\n[b.c]\nd = true\n[[e]]\nf = {g = \"\\\"\"}\n[[e]]\n");
  ASSERT_TRUE(document) << document.error().text;
  EXPECT_EQ(*document,
            nlohmann::json::parse(
                R"({"a": [1, "x"], "b": {"c": {"d": true}}, "e": [{"f": {"g": "\""}}, {}]})"));
}

TEST(Toml, NamesTheLineThatIsWrong) {
  const auto document = parse_toml("a = 1\n\nb 2\n");
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().text, "line 3: '=' is expected");
  EXPECT_FALSE(parse_toml("a = 1\na = 2"));
  EXPECT_FALSE(parse_toml("[" + std::string(200, 'a') + "]x"));
  std::string deep = "[a";
  for (int i = 0; i < 100; ++i) deep += ".a";
  EXPECT_FALSE(parse_toml(deep + "]"));
}

TEST(RegistriesConf, TakesTheLongestPrefixAndRewrites) {
  RegistriesConf conf;
  ASSERT_TRUE(add_registries_conf(conf, R"(
[[registry]]
location = "a.test"
blocked = true
[[registry]]
prefix = "a.test/team"
location = "b.test/x"
[[registry.mirror]]
location = "c.test/y"
pull-from-mirror = "digest-only"
[[registry]]
prefix = "*.d.test"
insecure = true
)"));
  EXPECT_FALSE(places_of(conf, *parse_reference("a.test/other")));
  EXPECT_FALSE(places_of(conf, *parse_reference("a.test/teammate/i")));
  const auto by_tag = places_of(conf, *parse_reference("a.test/team/i:1"));
  ASSERT_TRUE(by_tag && by_tag->size() == 1);
  EXPECT_EQ(by_tag->front().host + ' ' + by_tag->front().repository, "b.test x/i");
  const auto by_digest = places_of(conf, *parse_reference("a.test/team/i@" + kDigest));
  ASSERT_TRUE(by_digest && by_digest->size() == 2);
  EXPECT_EQ(by_digest->front().repository, "y/i");
  const auto wild = places_of(conf, *parse_reference("e.d.test/i"));
  ASSERT_TRUE(wild && wild->size() == 1);
  EXPECT_TRUE(wild->front().insecure);
  EXPECT_EQ(wild->front().host, "e.d.test");
}

TEST(AuthFile, TakesTheNarrowestEntry) {
  const char* text =
      R"({"auths": {"a.test": {"auth": "b25lOng="}, "a.test/ns": {"auth": "dHdvOnk="}}})";
  EXPECT_EQ((*credentials_in(text, "a.test", "ns/i"))->user, "two");
  EXPECT_EQ((*credentials_in(text, "a.test", "other/i"))->user, "one");
  EXPECT_FALSE(credentials_in(text, "b.test", "i")->has_value());
  EXPECT_FALSE(credentials_in("[]", "a.test", "i"));
}

TEST(Policy, FailsClosed) {
  const Reference image = *parse_reference("a.test/b:1");
  EXPECT_TRUE(check_policy(R"({"default": [{"type": "insecureAcceptAnything"}]})", image));
  for (const char* text :
       {"", "{}", R"({"default": []})", R"({"default": [{"type": "new"}]})",
        R"({"default": [{"type": "sigstoreSigned"}]})", R"({"default": [{"type": "reject"}]})",
        R"({"default": [{"type": "insecureAcceptAnything", "more": 1}]})",
        R"({"default": [{"type": "insecureAcceptAnything"}], "default": [{"type": "reject"}]})"}) {
    EXPECT_FALSE(check_policy(text, image)) << text;
  }
}

std::string manifest(const std::string& more, const std::string& digest = kDigest) {
  return R"({"schemaVersion": 2, "config": {"mediaType": "application/vnd.oci.image.config.v1+json", "size": 1,)"
         R"( "digest": ")" +
         digest + "\"}" + more + "}";
}

TEST(Manifest, RefusesWhatIsTwoThingsAtOnce) {
  EXPECT_FALSE(is_index(R"({"manifests": [], "layers": []})", ""));
  EXPECT_FALSE(is_index(R"({"manifests": []})", kOciManifest));
  EXPECT_FALSE(
      is_index(R"({"layers": [], "mediaType": "application/vnd.oci.image.index.v1+json"})", ""));
  EXPECT_TRUE(*is_index(R"({"manifests": []})", kOciIndex));
  EXPECT_EQ(is_index(R"({"schemaVersion": 1})", "").error().kind, ErrorKind::Unsupported);
}

TEST(Manifest, RefusesDigestsThatArePaths) {
  EXPECT_TRUE(parse_manifest(manifest(R"(, "layers": [])")));
  for (const char* digest : {"sha256:../../x", "sha256:", "md5:aa", "", "sha256:AAAA"}) {
    EXPECT_FALSE(parse_manifest(manifest(R"(, "layers": [])", digest))) << digest;
  }
}

TEST(Manifest, CallsArtifactsWhatTheyAre) {
  const auto parsed =
      parse_manifest(manifest(R"(, "layers": [], "artifactType": "application/x.chart")"));
  ASSERT_FALSE(parsed);
  EXPECT_EQ(parsed.error().kind, ErrorKind::Unsupported);
  EXPECT_EQ(parsed.error().text, "it is an artifact (application/x.chart), not an image");
}

TEST(Manifest, LimitsDepthLayersAndConfig) {
  EXPECT_FALSE(parse_manifest(std::string(100000, '[')));
  EXPECT_FALSE(
      parse_manifest(manifest(", \"x\": " + std::string(100, '[') + std::string(100, ']'))));
  std::string layers;
  for (int i = 0; i < 600; ++i) {
    layers += (i == 0 ? "" : ", ") +
              (R"({"mediaType": "application/vnd.oci.image.layer.v1.tar", "size": 1, "digest": ")" +
               kDigest + "\"}");
  }
  EXPECT_FALSE(parse_manifest(manifest(", \"layers\": [" + layers + "]")));
}

TEST(Index, ChoosesByVariantAndListsWhatThereIs) {
  const auto entry = [](const char* variant, char digit) {
    return Descriptor{
        .media_type = "",
        .digest = *Digest::parse("sha256:" + std::string(64, digit)),
        .size = 1,
        .platform = Platform{.os = "linux", .architecture = "arm", .variant = variant}};
  };
  const Index index{.media_type = "", .manifests = {entry("v6", '6'), entry("v7", '7')}};
  EXPECT_EQ(choose_platform(index, *parse_platform("linux/arm/v7"))->digest.hex()[0], '7');
  const auto none = choose_platform(index, *parse_platform("linux/amd64"));
  ASSERT_FALSE(none);
  EXPECT_EQ(none.error().hint, "there is one for linux/arm/v6, linux/arm/v7");
}

TEST(ImageConfig, RefusesEnvThatIsNoAssignment) {
  for (const char* entry : {"AWS_SECRET_ACCESS_KEY", "*", "=x", ""}) {
    EXPECT_FALSE(parse_image_config(std::string(R"({"config": {"Env": [")") + entry + "\"]}}"))
        << entry;
  }
}

TEST(Url, CredentialsStayWithOneOrigin) {
  EXPECT_TRUE(is_same_origin("https://a.test/x", "https://a.test:443/y"));
  EXPECT_FALSE(is_same_origin("https://a.test/", "http://a.test/"));
  EXPECT_FALSE(is_same_origin("https://a.test/", "https://a.test:8443/"));
  EXPECT_FALSE(is_same_origin("https://a.test/", "https://a.test.evil.test/"));
  EXPECT_FALSE(is_same_origin("https://a.test/", "https://a.test@evil.test/"));
  EXPECT_EQ(resolve_url("https://a.test/v2/x", "/y?z"), "https://a.test/y?z");
}

}  // namespace
}  // namespace ocirt::registry
