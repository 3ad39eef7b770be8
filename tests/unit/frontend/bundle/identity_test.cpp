// Whom a payload runs as, and files of layers.
#include "frontend/bundle/identity.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "frontend/bundle/layered_tree.h"
#include "frontend/bundle/user_entry.h"

namespace ocirt::bundle {
namespace {

constexpr const char* kPasswd =
    "root:x:0:0:root:/root:/bin/sh\nana:x:1000:100::/home/ana:/bin/sh\n";
constexpr const char* kGroup = "root:x:0:\nwheel:x:10:ana,bo\nvideo:x:44:ana\n";

TEST(Identities, AUserHasItsGroups) {
  EXPECT_EQ(*find_identity("", {}, kPasswd, kGroup), (Identity{.home = "/root"}));
  EXPECT_EQ(*find_identity("ana", {}, kPasswd, kGroup), (Identity{.uid = 1000,
                                                                  .gid = 100,
                                                                  .groups = {10, 44},
                                                                  .home = "/home/ana",
                                                                  .group_is_unknown = true}));
  EXPECT_EQ(*find_identity("1000", {}, kPasswd, kGroup),
            *find_identity("ana", {}, kPasswd, kGroup));
}

TEST(Identities, AGroupThatIsNamedIsTheOnlyOne) {
  EXPECT_EQ(*find_identity("ana:wheel", {}, kPasswd, kGroup),
            (Identity{.uid = 1000, .gid = 10, .home = "/home/ana"}));
  EXPECT_EQ(
      *find_identity("5:7", {"video", "99", "keep-groups"}, kPasswd, kGroup),
      (Identity{
          .uid = 5, .gid = 7, .groups = {44, 99}, .is_unknown = true, .group_is_unknown = true}));
}

TEST(Identities, NumbersNeedNoEntryAndNamesDo) {
  EXPECT_EQ(*find_identity("77", {}, "", ""),
            (Identity{.uid = 77, .is_unknown = true, .group_is_unknown = true}));
  EXPECT_EQ(*find_identity("0", {}, "", ""),
            (Identity{.home = "/root", .is_unknown = true, .group_is_unknown = true}));
  EXPECT_EQ(find_identity("bo", {}, kPasswd, kGroup).error().text,
            "unable to find user bo: no matching entries in passwd file");
  EXPECT_FALSE(find_identity("ana:nogroup", {}, kPasswd, kGroup));
  EXPECT_FALSE(find_identity("-1", {}, kPasswd, kGroup));
  EXPECT_FALSE(find_identity("4294967295", {}, kPasswd, kGroup));
}

TEST(Identities, ALineCantBeBroken) {
  const Identity identity = {.uid = 5, .gid = 6, .groups = {}, .home = "/w"};
  EXPECT_EQ(user_line("a:b\nroot", identity, "c:d"), "abroot:*:5:6:cd:/w:/bin/sh\n");
}

class LayeredTrees : public testing::Test {
 protected:
  LayeredTrees() {
    std::string name = "/tmp/ocirt-layered.XXXXXX";
    root_ = ::mkdtemp(name.data());
    for (const char* layer : {"top", "low"}) {
      (void)::mkdir((root_ + '/' + layer).c_str(), 0755);
      (void)::mkdir((root_ + '/' + layer + "/etc").c_str(), 0755);
    }
  }
  ~LayeredTrees() override { (void)!::system(("rm -r " + root_).c_str()); }

  void write(const std::string& path, const std::string& text) {
    const int fd =
        ::open((root_ + '/' + path).c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    EXPECT_EQ(::write(fd, text.data(), text.size()), static_cast<ssize_t>(text.size()));
    (void)::close(fd);
  }
  void link(const std::string& target, const std::string& path) {
    EXPECT_EQ(::symlink(target.c_str(), (root_ + '/' + path).c_str()), 0);
  }
  std::string read(const std::string& path) {
    const LayeredTree tree({root_ + "/missing", root_ + "/top", root_ + "/low"});
    return tree.read_file(path, 100).value_or("(none)");
  }

  std::string root_;
};

TEST_F(LayeredTrees, TheUpperFileHidesTheLower) {
  write("low/etc/passwd", "low");
  EXPECT_EQ(read("/etc/passwd"), "low");
  write("top/etc/passwd", "top");
  EXPECT_EQ(read("/etc/passwd"), "top");
}

TEST_F(LayeredTrees, LinksStayInside) {
  write("low/etc/real", "inside");
  link("../../../../etc/real", "top/etc/passwd");
  EXPECT_EQ(read("/etc/passwd"), "inside");
  link("/etc/hostname", "top/etc/absolute");  // the host has one
  EXPECT_EQ(read("/etc/absolute"), "(none)");
  link("loop", "top/etc/loop");
  EXPECT_EQ(read("/etc/loop"), "(none)");
}

TEST_F(LayeredTrees, AnOpaqueDirectoryHidesWhatIsBelow) {
  write("low/etc/passwd", "low");
  if (::setxattr((root_ + "/top/etc").c_str(), "user.overlay.opaque", "y", 1, 0) != 0) {
    GTEST_SKIP() << "no attributes of users on /tmp";
  }
  EXPECT_EQ(read("/etc/passwd"), "(none)");
}

TEST_F(LayeredTrees, AWhiteoutHidesWhatIsBelow) {
  write("low/etc/passwd", "low");
  if (::mknod((root_ + "/top/etc/passwd").c_str(), S_IFCHR, 0) != 0) {
    GTEST_SKIP() << "no whiteouts for this user";
  }
  EXPECT_EQ(read("/etc/passwd"), "(none)");
}

TEST_F(LayeredTrees, OnlyFilesAreRead) {
  EXPECT_EQ(::mkfifo((root_ + "/top/etc/passwd").c_str(), 0600), 0);
  write("low/etc/passwd", "low");
  EXPECT_EQ(read("/etc/passwd"), "(none)");
  EXPECT_EQ(read("/etc"), "(none)");
  write("top/etc/large", std::string(200, 'x'));
  EXPECT_EQ(read("/etc/large"), "(none)");
}

}  // namespace
}  // namespace ocirt::bundle
