// The cache of compiled seccomp filters: what is taken from it, and what is not trusted.
#include "runtime/stages/seccomp_cache.h"

#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <string>

#include "runtime/stages/seccomp.h"

namespace ocirt::stages {
namespace {

namespace fs = std::filesystem;

class SeccompCacheTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string name = testing::TempDir() + "ocirt-cache-XXXXXX";
    ASSERT_NE(mkdtemp(name.data()), nullptr);
    base_ = name;
    directory_ = base_ / "filters";
  }
  void TearDown() override { fs::remove_all(base_); }

  [[nodiscard]] HostPath path() const { return {directory_.string()}; }

  // What compile_seccomp() makes of a profile whose text is `text`.
  [[nodiscard]] std::vector<sock_filter> compile(const std::string& text) const {
    spec::Seccomp profile;
    profile.default_action = "SCMP_ACT_ALLOW";
    profile.syscalls = {{.names = {"alarm"}, .action = "SCMP_ACT_ERRNO"}};
    Result<std::vector<sock_filter>> filter = compile_seccomp(profile, path(), text);
    EXPECT_TRUE(filter);
    return filter ? *std::move(filter) : std::vector<sock_filter>();
  }

  [[nodiscard]] fs::path only_file() const {
    fs::path found;
    for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
      EXPECT_TRUE(found.empty()) << "more than one file";
      found = entry.path();
    }
    return found;
  }

  // Puts a filter that no compiler makes into the cache: whoever returns it took it from there.
  void plant(const std::string& text) const { SeccompCache(path()).keep(text, kPlanted); }

  static bool is_planted(const std::vector<sock_filter>& filter) {
    return filter.size() == 1 && filter[0].k == kPlanted[0].k;
  }

  static inline const std::vector<sock_filter> kPlanted = {
      {.code = 0x06, .jt = 0, .jf = 0, .k = SECCOMP_RET_ALLOW | 7}};
  fs::path base_, directory_;
};

TEST_F(SeccompCacheTest, AMissIsCompiledAndKept) {
  EXPECT_FALSE(SeccompCache(path()).find("text"));
  const std::vector<sock_filter> compiled = compile("text");
  const auto kept = SeccompCache(path()).find("text");
  ASSERT_TRUE(kept);
  ASSERT_EQ(kept->size(), compiled.size());
  for (size_t i = 0; i < compiled.size(); ++i) EXPECT_EQ((*kept)[i].k, compiled[i].k);
}

TEST_F(SeccompCacheTest, AHitIsTakenAsItIs) {
  plant("text");
  EXPECT_TRUE(is_planted(compile("text")));
}

TEST_F(SeccompCacheTest, AnotherTextIsAMiss) {
  plant("text");
  EXPECT_FALSE(is_planted(compile("text ")));
  EXPECT_FALSE(is_planted(compile("tex")));
}

TEST_F(SeccompCacheTest, AFileForAnotherTextIsNotTakenWhateverItsName) {
  plant("text");
  const fs::path planted = only_file();
  plant("other");
  fs::path other;
  for (const fs::directory_entry& entry : fs::directory_iterator(directory_)) {
    if (entry.path() != planted) other = entry.path();
  }
  fs::rename(planted, other);
  EXPECT_FALSE(SeccompCache(path()).find("other"));
}

TEST_F(SeccompCacheTest, WithoutTextOrDirectoryNothingIsKept) {
  (void)compile("");
  EXPECT_FALSE(fs::exists(directory_));
  EXPECT_FALSE(SeccompCache({"/no/such/place/filters"}).find("text"));
  EXPECT_FALSE(SeccompCache({}).find("text"));
}

TEST_F(SeccompCacheTest, FilesAndDirectoryAreClosedToOthers) {
  (void)compile("text");
  struct stat info = {};
  ASSERT_EQ(stat(directory_.c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0700U);
  ASSERT_EQ(stat(only_file().c_str(), &info), 0);
  EXPECT_EQ(info.st_mode & 07777, 0600U);
}

TEST_F(SeccompCacheTest, ADamagedFileIsCompiledAndWrittenAgain) {
  plant("text");
  for (const char* damage : {"cut", "flip", "empty", "longer"}) {
    const fs::path file = only_file();
    const auto size = fs::file_size(file);
    if (damage == std::string("cut")) fs::resize_file(file, size - 1);
    if (damage == std::string("empty")) fs::resize_file(file, 0);
    if (damage == std::string("longer")) fs::resize_file(file, size + 8);
    if (damage == std::string("flip")) {
      std::fstream stream(file, std::ios::in | std::ios::out | std::ios::binary);
      stream.seekp(-1, std::ios::end);
      stream.put('\x5A');
    }
    EXPECT_FALSE(SeccompCache(path()).find("text")) << damage;
    EXPECT_FALSE(compile("text").empty()) << damage;
    EXPECT_TRUE(SeccompCache(path()).find("text")) << damage;
  }
}

TEST_F(SeccompCacheTest, WhatOthersCouldWriteIsNotTrusted) {
  plant("text");
  fs::permissions(directory_, fs::perms::group_write, fs::perm_options::add);
  EXPECT_FALSE(is_planted(compile("text")));
  fs::permissions(directory_, fs::perms::owner_all);
  fs::permissions(only_file(), fs::perms::others_read, fs::perm_options::add);
  EXPECT_FALSE(SeccompCache(path()).find("text"));
}

TEST_F(SeccompCacheTest, WhatBelongsToOthersIsNotTrusted) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  plant("text");
  const fs::path file = only_file();
  ASSERT_EQ(chown(file.c_str(), 1, 1), 0);
  EXPECT_FALSE(SeccompCache(path()).find("text"));
  ASSERT_EQ(chown(file.c_str(), 0, 0), 0);
  EXPECT_TRUE(SeccompCache(path()).find("text"));
  ASSERT_EQ(chown(directory_.c_str(), 1, 1), 0);
  EXPECT_FALSE(SeccompCache(path()).find("text"));
}

TEST_F(SeccompCacheTest, ALinkIsNotFollowed) {
  plant("text");
  const fs::path file = only_file();
  fs::rename(file, base_ / "elsewhere");
  fs::create_symlink(base_ / "elsewhere", file);
  EXPECT_FALSE(SeccompCache(path()).find("text"));
}

TEST_F(SeccompCacheTest, TheNumberOfFilesIsBounded) {
  for (int i = 0; i < 100; ++i) plant("text " + std::to_string(i));
  size_t count = 0;
  for ([[maybe_unused]] const auto& entry : fs::directory_iterator(directory_)) ++count;
  EXPECT_EQ(count, 64U);
  EXPECT_TRUE(SeccompCache(path()).find("text 99"));
}

}  // namespace
}  // namespace ocirt::stages
