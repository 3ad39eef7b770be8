// Files of ours in directories where a container may have put something first.
#include "sys/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>

namespace ocirt::sys {
namespace {

constexpr size_t kMost = 1 << 10;

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_NE(::mkdtemp(path_.data()), nullptr);
    fd_ = UniqueFd(::open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(fd_);
  }
  void TearDown() override {
    for (const char* name : {"passwd", ".passwd.new", "victim"}) {
      (void)::unlinkat(fd_.get(), name, 0);
      (void)::unlinkat(fd_.get(), name, AT_REMOVEDIR);
    }
    EXPECT_EQ(::rmdir(path_.c_str()), 0);
  }
  std::string content(const char* name) { return read_file(fd_.get(), name, kMost).value_or("?"); }

  std::string path_ = testing::TempDir() + "/file.XXXXXX";
  UniqueFd fd_;
};

TEST_F(FileTest, AFifoInTheWayIsRemovedNotOpened) {
  ASSERT_EQ(::mkfifoat(fd_.get(), ".passwd.new", 0644), 0);  // nobody reads it: an open would wait
  ASSERT_TRUE(replace_file(fd_.get(), "passwd", "text", 0644));
  struct stat info = {};
  ASSERT_EQ(::fstatat(fd_.get(), "passwd", &info, AT_SYMLINK_NOFOLLOW), 0);
  EXPECT_TRUE(S_ISREG(info.st_mode));
  EXPECT_EQ(content("passwd"), "text");
}

TEST_F(FileTest, ALinkInTheWayIsRemovedNotFollowed) {
  ASSERT_TRUE(replace_file(fd_.get(), "victim", "whole", 0644));
  ASSERT_EQ(::symlinkat("victim", fd_.get(), ".passwd.new"), 0);
  ASSERT_TRUE(replace_file(fd_.get(), "passwd", "text", 0644));
  ASSERT_EQ(::unlinkat(fd_.get(), "passwd", 0), 0);
  ASSERT_EQ(::linkat(fd_.get(), "victim", fd_.get(), ".passwd.new", 0), 0);
  ASSERT_TRUE(replace_file(fd_.get(), "passwd", "text", 0644));
  EXPECT_EQ(content("victim"), "whole");
  EXPECT_EQ(content("passwd"), "text");
}

TEST_F(FileTest, ADirectoryInTheWayIsAnError) {
  ASSERT_EQ(::mkdirat(fd_.get(), ".passwd.new", 0755), 0);
  EXPECT_FALSE(replace_file(fd_.get(), "passwd", "text", 0644));
  EXPECT_EQ(content("passwd"), "?");
}

}  // namespace
}  // namespace ocirt::sys
