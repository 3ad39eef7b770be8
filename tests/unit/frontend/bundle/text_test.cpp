// Sizes, signals, times and mounts of options.
#include "frontend/bundle/text.h"

#include <gtest/gtest.h>
#include <signal.h>

#include "frontend/bundle/parse_mount.h"
#include "frontend/bundle/parse_words.h"

namespace ocirt::bundle {
namespace {

using model::RequestedMount;
using Kind = RequestedMount::Kind;
using Words = std::vector<std::string>;

TEST(OptionTexts, SizesCountIn1024) {
  EXPECT_EQ(parse_size("64m"), 64 << 20);
  EXPECT_EQ(parse_size("1.5G"), 3LL << 29);
  EXPECT_EQ(parse_size("10KiB"), 10240);
  EXPECT_EQ(parse_size("7kb"), 7168);
  EXPECT_EQ(parse_size("512"), 512);
  for (const char* text : {"", "m", "-1", "1x", "1.2.3", "9999999999g", "1 m m"}) {
    EXPECT_FALSE(parse_size(text)) << text;
  }
}

TEST(OptionTexts, SignalsHaveNamesAndNumbers) {
  EXPECT_EQ(parse_signal("TERM"), SIGTERM);
  EXPECT_EQ(parse_signal("sigint"), SIGINT);
  EXPECT_EQ(parse_signal("9"), SIGKILL);
  EXPECT_EQ(parse_signal("SIGRTMIN+3"), 37);
  EXPECT_EQ(parse_signal("RTMAX-1"), 63);
  for (const char* text : {"", "0", "65", "NONE", "RTMIN-1", "RTMAX+1", "RTMIN+31", "RTMIN+x"}) {
    EXPECT_FALSE(parse_signal(text)) << text;
  }
}

TEST(OptionTexts, DurationsAreGos) {
  EXPECT_EQ(parse_duration("1m30s"), 90'000'000'000);
  EXPECT_EQ(parse_duration("500ms"), 500'000'000);
  EXPECT_EQ(parse_duration("1.5h"), 5'400'000'000'000);
  EXPECT_EQ(parse_duration("0"), 0);
  for (const char* text : {"", "5", "1x", "s", "1m30"}) EXPECT_FALSE(parse_duration(text)) << text;
}

TEST(OptionTexts, AVolumeIsAPathOrAName) {
  EXPECT_EQ(*parse_volume("/a:/b:ro,z"),
            (RequestedMount{
                .kind = Kind::Bind, .source = "/a", .destination = "/b", .options = {"ro", "z"}}));
  EXPECT_EQ(*parse_volume("name:/b/"),
            (RequestedMount{.kind = Kind::Volume, .source = "name", .destination = "/b"}));
  EXPECT_EQ(*parse_volume("/data"),
            (RequestedMount{.kind = Kind::Volume, .source = "", .destination = "/data"}));
  EXPECT_EQ(parse_volume("./a:/b")->kind, Kind::Bind);
  for (const char* text : {"", ":/b", "/a:b", "a/b:/c", "/a:/b:nonsense", "/a:/b:ro:rw"}) {
    EXPECT_FALSE(parse_volume(text)) << text;
  }
}

TEST(OptionTexts, AMountNamesItsParts) {
  EXPECT_EQ(
      *parse_mount("type=bind,src=/a,dst=/b,ro,bind-propagation=rslave"),
      (RequestedMount{
          .kind = Kind::Bind, .source = "/a", .destination = "/b", .options = {"ro", "rslave"}}));
  EXPECT_EQ(*parse_mount("type=tmpfs,target=/t,tmpfs-size=1m"),
            (RequestedMount{.kind = Kind::Tmpfs, .destination = "/t", .options = {"size=1m"}}));
  EXPECT_EQ(parse_mount("source=v,destination=/t")->kind, Kind::Volume);
  for (const char* text : {"type=bind,dst=/b", "type=bind,src=/a", "type=x,src=/a,dst=/b",
                           "type=tmpfs,dst=t", "type=bind,src=/a,dst=/b,colour=red"}) {
    EXPECT_FALSE(parse_mount(text)) << text;
  }
}

TEST(OptionTexts, ADeviceIsANodeOrANameOfCdi) {
  EXPECT_EQ(
      *parse_device("/dev/sda:/dev/x:r"),
      (model::RequestedDevice{.host = "/dev/sda", .container = "/dev/x", .permissions = "r"}));
  EXPECT_EQ(
      *parse_device("/dev/sda:rw"),
      (model::RequestedDevice{.host = "/dev/sda", .container = "/dev/sda", .permissions = "rw"}));
  EXPECT_EQ(parse_device("vendor.com/gpu=all")->host, "vendor.com/gpu=all");
  for (const char* text : {"", "sda", "/dev/a:b", "/dev/a:/b:x", "/a:/b:r:w"}) {
    EXPECT_FALSE(parse_device(text)) << text;
  }
}

TEST(OptionTexts, ALimitIsSoftAndHard) {
  EXPECT_EQ(*parse_limit("nofile=10:20"),
            (model::RequestedLimit{.name = "nofile", .soft = 10, .hard = 20}));
  EXPECT_EQ(*parse_limit("core=-1"),
            (model::RequestedLimit{.name = "core", .soft = -1, .hard = -1}));
  for (const char* text : {"nofile", "nofile=", "nofile=2:1", "nofile=-1:5", "files=1", "core=x"}) {
    EXPECT_FALSE(parse_limit(text)) << text;
  }
}

TEST(OptionTexts, AVariableReplacesItsLike) {
  Words list = {"A=1", "AB=2"};
  set_variable(list, "A=3");
  set_variable(list, "C=4");
  EXPECT_EQ(list, (Words{"A=3", "AB=2", "C=4"}));
  EXPECT_EQ(find_variable(list, "AB"), "2");
  EXPECT_FALSE(find_variable(list, "B"));
}

}  // namespace
}  // namespace ocirt::bundle
