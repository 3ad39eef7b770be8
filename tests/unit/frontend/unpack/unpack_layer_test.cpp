// Layers that go too far, and the framing of compressed ones.
#include <fcntl.h>
#include <fmt/core.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cstring>
#include <optional>
#include <string>
#include <vector>

#include "frontend/unpack/inflater.h"
#include "frontend/unpack/split.h"
#include "frontend/unpack/tar_fields.h"
#include "frontend/unpack/tree_remove.h"
#include "frontend/unpack/unpack_layer.h"
#include "tests/unit/support/scratch.h"

namespace ocirt::unpack {
namespace {

constexpr size_t kBlock = 512;

std::string tar_entry(const std::string& name, char type, const std::string& data = "",
                      const std::string& link = "") {
  std::string block(kBlock, '\0');
  const auto put = [&](TarField field, const std::string& text) {
    std::memcpy(block.data() + field.offset, text.data(), std::min(text.size(), field.length));
  };
  put(kName, name);
  put(kMode, "0000755");
  put(kUid, "0000000");
  put(kGid, "0000000");
  put(kSize, fmt::format("{:011o}", data.size()));
  put(kMtime, "00000000001");
  put(kLinkName, link);
  put(kMagic, "ustar");
  block[kTypeOffset] = type;
  put(kChecksum, "        ");
  unsigned sum = 0;
  for (const char byte : block) sum += static_cast<unsigned char>(byte);
  put(kChecksum, fmt::format("{:06o}", sum));
  return block + data + std::string((kBlock - data.size() % kBlock) % kBlock, '\0');
}

int memory_file(const std::string& bytes) {
  const int fd = ::memfd_create("layer", MFD_CLOEXEC);
  EXPECT_EQ(::write(fd, bytes.data(), bytes.size()), static_cast<ssize_t>(bytes.size()));
  EXPECT_EQ(::lseek(fd, 0, SEEK_SET), 0);
  return fd;
}

class UnpackLayer : public testing::Test {
 protected:
  Result<Unpacked> unpack(const std::string& bytes, const Limits& limits = {}) {
    const UniqueFd input(memory_file(bytes));
    const UniqueFd split(memory_file(""));
    sys::RootDir root(UniqueFd(::open(path_.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)));
    const UnpackOptions options{.owners = ::geteuid() == 0 ? Owners::Kept : Owners::Squashed,
                                .limits = limits};
    return unpack_layer(input.get(), split.get(), std::move(root), options,
                        [] { return Result<>{}; });
  }
  [[nodiscard]] bool exists(const std::string& name) const {
    return ::access((path_ + '/' + name).c_str(), F_OK) == 0;
  }
  struct stat look(const std::string& name) {
    struct stat info {};
    EXPECT_EQ(::lstat((path_ + '/' + name).c_str(), &info), 0) << name;
    return info;
  }

  test::ScratchDir scratch_;
  std::string path_ = scratch_.path();
};

TEST_F(UnpackLayer, LimitsTheNumberOfEntries) {
  Limits limits;
  limits.most_entries = 2;
  const std::string two = tar_entry("a", '0') + tar_entry("b", '0');
  EXPECT_TRUE(unpack(two, limits));
  const auto three = unpack(two + tar_entry("c", '0'), limits);
  ASSERT_FALSE(three);
  EXPECT_EQ(three.error().text, "refusing the layer: more than 2 entries");
}

TEST_F(UnpackLayer, LimitsItsSize) {
  Limits limits;
  limits.most_bytes = 2000;
  const auto large = unpack(tar_entry("a", '0', std::string(3000, 'x')), limits);
  ASSERT_FALSE(large);
  EXPECT_EQ(large.error().text, "refusing the layer: more than 2000 bytes");
}

TEST_F(UnpackLayer, LimitsWhatLittleMayBecome) {
  // zstd: a frame with a block that repeats one byte 128 KiB times, eight times.
  std::string bomb("\x28\xb5\x2f\xfd\x00\x58", 6);
  for (int i = 0; i < 8; ++i) bomb += std::string("\x02\x00\x10\x00", 4);
  Limits limits;
  limits.free_bytes = 256 << 10;
  const auto result = unpack(bomb, limits);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().text,
            "refusing the layer: 38 bytes unpack to more than 200 times as many");
}

TEST_F(UnpackLayer, LaterEntriesReplaceEarlierOnesOfAnyType) {
  const std::string first = tar_entry("d", '5') + tar_entry("d/x", '0', "1");
  const std::string all[] = {tar_entry("d/x", '2', "", "link"), tar_entry("d/x", '6'),
                             tar_entry("d/x", '5'), tar_entry("d/x", '0', "2"),
                             tar_entry("d/y", '0') + tar_entry("d/x", '1', "", "d/y")};
  const mode_t types[] = {S_IFLNK, S_IFIFO, S_IFDIR, S_IFREG, S_IFREG};
  for (size_t one = 0; one < std::size(all); ++one) {
    for (size_t other = 0; other < std::size(all); ++other) {
      const std::string below = fmt::format("{}{}", one, other);
      (void)remove_tree(AT_FDCWD, (path_ + "/d").c_str());
      const auto result = unpack(first + all[one] + all[other]);
      ASSERT_TRUE(result) << below << result.error().text;
      EXPECT_EQ(look("d/x").st_mode & S_IFMT, types[other]) << below;
    }
  }
}

TEST_F(UnpackLayer, ManyDirectoriesKeepTheirTimes) {
  // More than may wait for their times at once; then a file is made in one that has its time.
  std::string tar;
  const std::string long_name(90, 'n');
  constexpr int kMany = 40'000;
  for (int i = 0; i < kMany; ++i) tar += tar_entry(fmt::format("{:05}{}", i, long_name), '5');
  tar += tar_entry("00000" + long_name + "/f", '0') + tar_entry("39999" + long_name + "/f", '0');
  ASSERT_TRUE(unpack(tar));
  for (const char* name : {"00000", "00001", "39998", "39999"}) {
    EXPECT_EQ(look(name + long_name).st_mtim.tv_sec, 1) << name;
  }
}

std::optional<std::string> inflate(std::string input) {
  Inflater inflater;
  std::string_view rest = input;
  std::string all;
  std::vector<char> output(10);
  while (true) {
    const Result<size_t> made = inflater.inflate(rest, output);
    if (!made) return std::nullopt;
    if (*made == 0 && rest.empty()) break;
    all.append(output.data(), *made);
  }
  if (!inflater.finish()) return std::nullopt;
  return all;
}

TEST(Inflater, RefusesOtherCompressors) {
  EXPECT_FALSE(inflate("BZh91AY&SY"));
  EXPECT_FALSE(
      inflate("\xfd"
              "7zXZ    "));
}

TEST(Split, GivesBackWhatWasWritten) {
  const UniqueFd fd(memory_file(""));
  {
    SplitWriter writer(fd.get());
    ASSERT_TRUE(writer.raw("header"));
    ASSERT_TRUE(writer.payload("a/b", 4096, uint64_t{1} << 40));
    ASSERT_TRUE(writer.raw(std::string(100'000, 'z')));
    ASSERT_TRUE(writer.finish());
  }
  ASSERT_EQ(::lseek(fd.get(), 0, SEEK_SET), 0);
  std::vector<std::string> seen;
  ASSERT_TRUE(read_split(fd.get(), [&](const SplitRecord& record) -> Result<> {
    seen.push_back(record.is_payload
                       ? fmt::format("{} {} {}", record.bytes, record.offset, record.length)
                       : fmt::format("{} bytes", record.bytes.size()));
    return {};
  }));
  EXPECT_EQ(seen, (std::vector<std::string>{"6 bytes", "a/b 4096 1099511627776", "100000 bytes"}));
}

TEST(TarFields, ReadNumbersOfAllKinds) {
  const auto number = [](std::string text) {
    text.resize(12, '\0');
    return signed_number_of(text.data(), {0, 12});
  };
  EXPECT_EQ(number("0000644 "), 0644);
  EXPECT_EQ(number("   17"), 017);
  EXPECT_EQ(number(""), 0);
  EXPECT_FALSE(number("12x"));
  EXPECT_EQ(number(std::string("\x80\0\0\0\0\0\0\x02\0\0\0\0", 12)), int64_t{2} << 32);
  EXPECT_EQ(number(std::string(12, '\xff')), -1);
  EXPECT_FALSE(number("\xbf" + std::string(11, '\xff')));
  EXPECT_EQ(pax_time("-1.25"), (TarTime{.seconds = -2, .nanoseconds = 750'000'000}));
  EXPECT_FALSE(pax_time("1.x"));
}

TEST(CleanName, StaysBelowTheRoot) {
  EXPECT_EQ(*clean_name("/a//./b/../c/"), "a/c");
  EXPECT_EQ(*clean_name("./"), "");
  EXPECT_FALSE(clean_name("a/../../b"));
  EXPECT_FALSE(clean_name(".."));
}

}  // namespace
}  // namespace ocirt::unpack
