#include "frontend/unpack/tree_tar.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/xattr.h>
#include <unistd.h>

#include <cstdlib>
#include <string>
#include <vector>

#include "base/unique_fd.h"
#include "frontend/unpack/tar_encoder.h"
#include "frontend/unpack/tar_reader.h"
#include "frontend/unpack/tree_remove.h"
#include "sys/file.h"

namespace ocirt::unpack {
namespace {

struct Read {
  TarEntry entry;
  std::string data;
};

// All entries of an archive, by our own reader.
std::vector<Read> read_archive(std::string_view bytes) {
  std::vector<Read> all;
  TarReader reader;
  while (true) {
    const Result<TarPiece> piece = reader.next(bytes);
    if (!piece) {
      ADD_FAILURE() << piece.error().message();
      return all;
    }
    if (piece->kind == TarPiece::Kind::NeedMore) break;
    if (piece->kind == TarPiece::Kind::Entry) all.push_back({.entry = reader.entry(), .data = {}});
    if (piece->kind == TarPiece::Kind::Data) all.back().data += piece->bytes;
  }
  EXPECT_TRUE(reader.is_complete());
  return all;
}

TEST(TarEncoder, WhatIsWrittenIsReadAgain) {
  std::vector<TarEntry> entries = {
      {.name = "file", .mode = 0644, .uid = 1, .gid = 2, .mtime = {.seconds = 1'700'000'000}},
      {.name = std::string(90, 'd') + '/' + std::string(200, 'n'), .mode = 04755},
      {.name = "huge-ids", .mode = 0600, .uid = 4'000'000'000, .gid = 3'000'000},
      {.name = "old", .mode = 0600, .mtime = {.seconds = -2, .nanoseconds = 750'000'000}},
      {.name = "precise", .mtime = {.seconds = 5, .nanoseconds = 1}},
      {.type = TarType::Symlink, .name = "link", .link = std::string(150, 'l'), .mode = 0777},
      {.type = TarType::HardLink, .name = "hard", .link = "file"},
      {.type = TarType::CharDevice, .name = "dev", .mode = 0600, .major = 5, .minor = 1},
      {.type = TarType::Directory, .name = "dir/", .mode = 01777},
      {.type = TarType::Fifo, .name = "fifo", .mode = 0600},
      {.name = "attributes", .xattrs = {{"user.one", std::string("\0\n=", 3)}, {"user.two", ""}}},
  };
  std::string archive;
  for (const TarEntry& entry : entries) archive += encode_tar_entry(entry);
  archive += tar_end();
  const std::vector<Read> all = read_archive(archive);
  ASSERT_EQ(all.size(), entries.size());
  for (size_t i = 0; i < all.size(); ++i) EXPECT_EQ(all[i].entry, entries[i]) << entries[i].name;
}

TEST(TarEncoder, ASparseFileKeepsItsMapAndSize) {
  TarEntry entry{.name = "sparse",
                 .mode = 0600,
                 .stored_size = 4,
                 .file_size = uint64_t{1} << 40,
                 .sparse = {{.offset = 4096, .length = 4}, {.offset = uint64_t{1} << 40}},
                 .is_sparse = true};
  const std::string archive =
      encode_tar_entry(entry) + "abcd" + std::string(tar_padding(4), '\0') + tar_end();
  const std::vector<Read> all = read_archive(archive);
  ASSERT_EQ(all.size(), 1U);
  EXPECT_EQ(all[0].entry.name, "sparse");
  EXPECT_EQ(all[0].entry.file_size, entry.file_size);
  EXPECT_EQ(all[0].entry.sparse, entry.sparse);
  EXPECT_EQ(all[0].data, "abcd");
}

/// A directory that goes with the test.
class TreeTarTest : public testing::Test {
 protected:
  void SetUp() override {
    std::string path = testing::TempDir() + "tree_tar_XXXXXX";
    ASSERT_NE(::mkdtemp(path.data()), nullptr);
    path_ = path;
    fd_ = UniqueFd(::open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  void TearDown() override { (void)remove_tree(AT_FDCWD, path_.c_str()); }

  void file(const char* name, std::string_view data) const {
    const UniqueFd made(::openat(fd_.get(), name, O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
    ASSERT_TRUE(sys::write_all(made.get(), data));
  }

  [[nodiscard]] Result<std::vector<Read>> write(const TreeTarOptions& options,
                                                const char* name = ".") const {
    const UniqueFd out(::memfd_create("tar", MFD_CLOEXEC));
    TRY(write_tree_tar(fd_.get(), name, out.get(), options));
    (void)::lseek(out.get(), 0, SEEK_SET);
    return read_archive(TRY(sys::read_all(out.get(), 64 << 20)));
  }

  static std::vector<std::string> names_of(const std::vector<Read>& all) {
    std::vector<std::string> names;
    for (const Read& each : all) names.push_back(each.entry.name);
    return names;
  }

  std::string path_;
  UniqueFd fd_;
};

using Names = std::vector<std::string>;

TEST_F(TreeTarTest, EntriesAreSortedAndHardLinksAreKept) {
  ::mkdirat(fd_.get(), "b", 0755);
  file("b/one", "content");
  file("a", "");
  ::linkat(fd_.get(), "b/one", fd_.get(), "c", 0);
  ::symlinkat("../outside", fd_.get(), "b/link");
  const auto all = write({});
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(names_of(*all), (Names{"./", "a", "b/", "b/link", "b/one", "c"}));
  EXPECT_EQ((*all)[3].entry.link, "../outside");
  EXPECT_EQ((*all)[4].data, "content");
  EXPECT_EQ((*all)[5].entry.type, TarType::HardLink);
  EXPECT_EQ((*all)[5].entry.link, "b/one");
}

TEST_F(TreeTarTest, OneFileHasTheNameItIsGiven) {
  file("a", "x");
  const auto all = write({.as = "renamed"}, "a");
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(names_of(*all), (Names{"renamed"}));
}

TEST_F(TreeTarTest, WhiteoutsOfOverlayfsBecomeThoseOfOci) {
  ::mkdirat(fd_.get(), "dir", 0755);
  file("dir/gone", "");
  const std::string gone = path_ + "/dir/gone";
  if (::setxattr(gone.c_str(), "user.overlay.whiteout", "", 0, 0) != 0) {
    GTEST_SKIP() << "no user xattrs on " << path_;
  }
  ASSERT_EQ(::setxattr((path_ + "/dir").c_str(), "user.overlay.opaque", "y", 1, 0), 0);
  Names wanted = {"./", "dir/", "dir/.wh..wh..opq", "dir/.wh.gone"};
  if (::geteuid() == 0 && ::mknodat(fd_.get(), "node", S_IFCHR, makedev(0, 0)) == 0) {
    wanted.emplace_back(".wh.node");
  }
  const auto all = write({.translate_whiteouts = true});
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ(names_of(*all), wanted);
  for (const Read& each : *all) EXPECT_TRUE(each.entry.xattrs.empty()) << each.entry.name;
}

TEST_F(TreeTarTest, WhatOverlayfsMovedOnlyInNameIsRefused) {
  ::mkdirat(fd_.get(), "dir", 0755);
  if (::setxattr((path_ + "/dir").c_str(), "user.overlay.redirect", "/old", 4, 0) != 0) {
    GTEST_SKIP() << "no user xattrs on " << path_;
  }
  const auto all = write({.translate_whiteouts = true});
  ASSERT_FALSE(all);
  EXPECT_EQ(all.error().kind, ErrorKind::Unsupported);
}

TEST_F(TreeTarTest, HolesStayHoles) {
  const UniqueFd made(::openat(fd_.get(), "holes", O_WRONLY | O_CREAT | O_CLOEXEC, 0644));
  ASSERT_EQ(::pwrite(made.get(), "x", 1, 8 << 20), 1);
  ASSERT_EQ(::ftruncate(made.get(), 64 << 20), 0);
  const auto all = write({}, "holes");
  ASSERT_TRUE(all) << all.error().message();
  ASSERT_EQ(all->size(), 1U);
  EXPECT_TRUE((*all)[0].entry.is_sparse);
  EXPECT_EQ((*all)[0].entry.file_size, 64U << 20);
  EXPECT_LT((*all)[0].data.size(), 1U << 20);
  EXPECT_EQ((*all)[0].data[0], 'x');
}

TEST_F(TreeTarTest, OwnersAreMappedBackAndRemembered) {
  file("mine", "");
  file("other", "");
  const bool has_xattrs = ::setxattr((path_ + "/other").c_str(), "user.containers.override_stat",
                                     "7:8:4750", 8, 0) == 0;
  const TreeTarOptions options{.uids = {{.inside = 100, .outside = ::geteuid(), .count = 1}},
                               .gids = {{.inside = 200, .outside = ::getegid(), .count = 1}},
                               .owners_are_aside = true};
  const auto all = write(options);
  ASSERT_TRUE(all) << all.error().message();
  EXPECT_EQ((*all)[1].entry.uid, 100U);
  EXPECT_EQ((*all)[1].entry.gid, 200U);
  if (has_xattrs) {
    EXPECT_EQ((*all)[2].entry.uid, 7U);
    EXPECT_EQ((*all)[2].entry.gid, 8U);
    EXPECT_EQ((*all)[2].entry.mode, 04750U);
  }
  // Where the store didn't write it, a container's user did.
  const auto lied_to = write({}, "other");
  ASSERT_TRUE(lied_to) << lied_to.error().message();
  EXPECT_EQ((*lied_to)[0].entry.uid, ::geteuid());
  EXPECT_EQ((*lied_to)[0].entry.mode & 07000U, 0U);
  EXPECT_FALSE(write({.uids = {{.inside = 0, .outside = ::geteuid() + 1, .count = 1}}}));
}

}  // namespace
}  // namespace ocirt::unpack
