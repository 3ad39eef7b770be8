// Files of ours in directories where a container may have put something first.
#include "sys/file.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

class FileTest : public testing::Test {
 protected:
  void SetUp() override {
    fd_ = UniqueFd(::open(scratch_.path().c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    ASSERT_TRUE(fd_);
  }
  std::string content(const char* name) { return test::read_text(scratch_ / name); }

  test::ScratchDir scratch_;
  UniqueFd fd_;
};

TEST_F(FileTest, AFifoInTheWayIsRemovedNotOpened) {
  ASSERT_EQ(::mkfifoat(fd_.get(), ".passwd.new", 0644), 0);  // nobody reads it: an open would wait
  ASSERT_TRUE(replace_file(fd_.get(), "passwd", "text", 0644));
  EXPECT_EQ(test::kind_of(scratch_ / "passwd"), "file");
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
  EXPECT_FALSE(test::exists(scratch_ / "passwd"));
}

}  // namespace
}  // namespace ocirt::sys
