// Tests of reading mount options: each known one by itself, and what several make together.
#include "runtime/plan/mount_options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/mount.h>

#include <cstdint>
#include <string>
#include <vector>

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

MountOptions read(const std::vector<std::string>& options) {
  return read_mount_options(options);
}

struct AttributeOption {
  std::string name;
  AttributeChange change;
};

// mount_setattr(2): to set one of the three access time modes, all of the field is cleared.
const AttributeOption kAttributeOptions[] = {
    {"ro", {.set = MOUNT_ATTR_RDONLY}},
    {"rw", {.clear = MOUNT_ATTR_RDONLY}},
    {"nosuid", {.set = MOUNT_ATTR_NOSUID}},
    {"suid", {.clear = MOUNT_ATTR_NOSUID}},
    {"nodev", {.set = MOUNT_ATTR_NODEV}},
    {"dev", {.clear = MOUNT_ATTR_NODEV}},
    {"noexec", {.set = MOUNT_ATTR_NOEXEC}},
    {"exec", {.clear = MOUNT_ATTR_NOEXEC}},
    {"nodiratime", {.set = MOUNT_ATTR_NODIRATIME}},
    {"diratime", {.clear = MOUNT_ATTR_NODIRATIME}},
    {"nosymfollow", {.set = MOUNT_ATTR_NOSYMFOLLOW}},
    {"symfollow", {.clear = MOUNT_ATTR_NOSYMFOLLOW}},
    {"noatime", {.set = MOUNT_ATTR_NOATIME, .clear = MOUNT_ATTR__ATIME}},
    {"strictatime", {.set = MOUNT_ATTR_STRICTATIME, .clear = MOUNT_ATTR__ATIME}},
    {"relatime", {.clear = MOUNT_ATTR__ATIME}},
    {"atime", {.clear = MOUNT_ATTR__ATIME}},
    {"norelatime", {.clear = MOUNT_ATTR__ATIME}},
    {"nostrictatime", {.clear = MOUNT_ATTR__ATIME}},
};

TEST(MountOptions, ChangeAttributesOfTheMount) {
  for (const AttributeOption& option : kAttributeOptions) {
    MountOptions expected;
    expected.attributes = option.change;
    EXPECT_EQ(read({option.name}), expected) << option.name;
  }
}

TEST(MountOptions, ChangeAttributesOfTheTreeWithAnR) {
  for (const AttributeOption& option : kAttributeOptions) {
    MountOptions expected;
    expected.recursive_attributes = option.change;
    EXPECT_EQ(read({"r" + option.name}), expected) << option.name;
  }
}

TEST(MountOptions, SayHowEventsPropagate) {
  EXPECT_THAT(
      read({"private", "rprivate", "slave", "rslave", "shared", "rshared", "unbindable",
            "runbindable"})
          .propagation,
      ElementsAre(uint64_t{MS_PRIVATE}, uint64_t{MS_REC | MS_PRIVATE}, uint64_t{MS_SLAVE},
                  uint64_t{MS_REC | MS_SLAVE}, uint64_t{MS_SHARED}, uint64_t{MS_REC | MS_SHARED},
                  uint64_t{MS_UNBINDABLE}, uint64_t{MS_REC | MS_UNBINDABLE}));
}

TEST(MountOptions, LaterOnesWin) {
  EXPECT_EQ(read({"ro", "nosuid", "suid", "rw"}).attributes,
            (AttributeChange{.clear = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID}));
  EXPECT_EQ(read({"rw", "ro"}).attributes, (AttributeChange{.set = MOUNT_ATTR_RDONLY}));
  EXPECT_EQ(read({"noatime", "strictatime"}).attributes,
            (AttributeChange{.set = MOUNT_ATTR_STRICTATIME, .clear = MOUNT_ATTR__ATIME}));
  EXPECT_EQ(read({"strictatime", "relatime"}).attributes,
            (AttributeChange{.clear = MOUNT_ATTR__ATIME}));
}

TEST(MountOptions, BindStaysRecursiveOnceAsked) {
  // CRI-O sends "rbind" and then "bind".
  const MountOptions options = read({"rbind", "bind"});
  EXPECT_TRUE(options.bind);
  EXPECT_TRUE(options.recursive);
  EXPECT_FALSE(read({"bind"}).recursive);
}

TEST(MountOptions, FlagsOfTheFileSystemAreKeptByName) {
  EXPECT_THAT(read({"sync", "dirsync", "mand", "lazytime", "iversion"}).filesystem_flags,
              ElementsAre("sync", "dirsync", "mand", "lazytime", "iversion"));
  EXPECT_THAT(
      read({"sync", "async", "mand", "nomand", "lazytime", "nolazytime", "iversion", "noiversion"})
          .filesystem_flags,
      IsEmpty());
  EXPECT_THAT(read({"sync", "sync"}).filesystem_flags, ElementsAre("sync"));
}

TEST(MountOptions, OfUserSpaceAreNothing) {
  for (const char* option :
       {"defaults", "auto", "noauto", "user", "nouser", "users", "owner", "noowner", "group",
        "nogroup", "nofail", "_netdev", "silent", "loud", "comment=a note", "comment",
        "x-systemd.automount", "X-mount.mkdir", ""}) {
    EXPECT_EQ(read({option}), MountOptions{}) << option;
  }
}

TEST(MountOptions, ElseAreTheFileSystemsOwn) {
  EXPECT_THAT(read({"size=64k", "noswap", "lowerdir=/a:/b=c", "rsync"}).data,
              ElementsAre(FilesystemOption{.key = "size", .value = "64k"},
                          FilesystemOption{.key = "noswap", .value = std::nullopt},
                          FilesystemOption{.key = "lowerdir", .value = "/a:/b=c"},
                          FilesystemOption{.key = "rsync", .value = std::nullopt}));
}

TEST(MountOptions, ExtensionsOfRuncAndCrun) {
  EXPECT_TRUE(read({"tmpcopyup"}).copy_up);
  EXPECT_TRUE(read({"copy-symlink"}).copy_symlink);
  EXPECT_TRUE(read({"src-nofollow"}).source_nofollow);
  EXPECT_TRUE(read({"dest-nofollow"}).destination_nofollow);
  EXPECT_TRUE(read({"remount"}).remount);
}

TEST(MountOptions, IdMapsComeAloneOrWithTheirRanges) {
  MountOptions expected;
  expected.idmap = true;
  EXPECT_EQ(read({"idmap"}), expected);
  expected.idmap_ranges = "uids=0-1-10;gids=0-1-10";
  EXPECT_EQ(read({"idmap=uids=0-1-10;gids=0-1-10"}), expected);
  expected.recursive_idmap = true;
  EXPECT_EQ(read({"idmap", "ridmap=uids=0-1-10;gids=0-1-10"}), expected);
  expected.idmap_ranges.clear();
  EXPECT_EQ(read({"idmap=uids=0-1-10", "ridmap"}), expected);
}

}  // namespace
}  // namespace ocirt::plan
