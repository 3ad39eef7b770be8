// RootDir stays below its root, whatever links and mounts are in the way.
#include "sys/root_dir.h"

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include <array>
#include <atomic>
#include <cstddef>
#include <thread>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

using test::exists;
using test::kind_of;
using test::read_text;

// A root with a canary beside it, which no path below the root may reach.
class RootDirTest : public ::testing::TestWithParam<PathLookup> {
 protected:
  void SetUp() override {
    scratch_.directory("root/dir/sub");
    scratch_.file("root/dir/file", "inside");
    scratch_.directory("canary");
    scratch_.file("canary/file", "outside");
  }
  RootDir root() { return root_of(scratch_ / "root"); }
  static RootDir root_of(const std::string& path) {
    return RootDir(UniqueFd(::open(path.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)), GetParam());
  }
  static int error_of(const Result<UniqueFd>& result) {
    return result ? 0 : result.error().errno_value;
  }
  std::string content(const ContainerPath& path) {
    Result<UniqueFd> file = root().open(path, O_RDONLY);
    if (!file) return file.error().message();
    std::array<char, 64> text{};
    const ssize_t size = ::read(file->get(), text.data(), text.size());
    return {text.data(), static_cast<size_t>(size < 0 ? 0 : size)};
  }
  // The canary is as it was: nothing added, nothing changed.
  void expect_canary_untouched() {
    EXPECT_EQ(read_text(scratch_ / "canary/file"), "outside");
    struct stat status {};
    ASSERT_EQ(::stat((scratch_ / "canary").c_str(), &status), 0);
    EXPECT_EQ(status.st_nlink, 2u) << "a directory was made outside of the root";
    EXPECT_FALSE(exists(scratch_ / "canary/new"));
  }

  test::ScratchDir scratch_;
};

INSTANTIATE_TEST_SUITE_P(BothWays, RootDirTest,
                         ::testing::Values(PathLookup::Kernel, PathLookup::Walk),
                         [](const auto& info) {
                           return info.param == PathLookup::Kernel ? "Kernel" : "Walk";
                         });

TEST_P(RootDirTest, OpensAFile) {
  EXPECT_EQ(content({"/dir/file"}), "inside");
  EXPECT_EQ(content({"dir/./sub/..//file"}), "inside");
}

TEST_P(RootDirTest, TheEmptyPathIsTheRoot) {
  for (const char* path : {"", "/", "..", "/../..", "dir/../.."}) {
    Result<struct stat> status = root().stat({path});
    ASSERT_TRUE(status) << path;
    struct stat real {};
    ASSERT_EQ(::stat((scratch_ / "root").c_str(), &real), 0);
    EXPECT_EQ(status->st_ino, real.st_ino) << path;
  }
}

TEST_P(RootDirTest, AbsoluteLinksStartAtTheRoot) {
  scratch_.link("root/first", "/dir");
  scratch_.link("root/dir/last", "/dir/file");
  EXPECT_EQ(content({"/first/file"}), "inside");
  EXPECT_EQ(content({"/first/last"}), "inside");
}

TEST_P(RootDirTest, DotDotInLinksEndsAtTheRoot) {
  scratch_.link("root/dir/up", "../../../../dir");
  scratch_.link("root/dir/sub/out", "../../../canary");
  EXPECT_EQ(content({"/dir/up/file"}), "inside");
  EXPECT_EQ(error_of(root().open({"/dir/sub/out/file"}, O_RDONLY)), ENOENT);
}

TEST_P(RootDirTest, LinksToTheHostsPathsDoNotLeave) {
  scratch_.link("root/abs", scratch_ / "canary");
  scratch_.link("root/dir/abs", scratch_ / "canary/file");
  EXPECT_EQ(error_of(root().open({"/abs/file"}, O_RDONLY)), ENOENT);
  EXPECT_EQ(error_of(root().open({"/dir/abs"}, O_RDONLY)), ENOENT);
}

TEST_P(RootDirTest, ALoopOfLinksIsAnError) {
  scratch_.link("root/a", "b");
  scratch_.link("root/b", "a");
  EXPECT_EQ(error_of(root().open({"/a"}, O_PATH)), ELOOP);
  EXPECT_EQ(error_of(root().make_directories({"/a/x"}, 0755)), ELOOP);
  EXPECT_EQ(error_of(root().create_file({"/a"}, 0644)), ELOOP);
}

TEST_P(RootDirTest, FortyLinksAreFollowedAndNoMore) {
  scratch_.link("root/link0", "dir/file");
  for (int i = 1; i <= 40; ++i) {
    scratch_.link("root/link" + std::to_string(i), "link" + std::to_string(i - 1));
  }
  EXPECT_EQ(content({"/link39"}), "inside");
  EXPECT_EQ(error_of(root().open({"/link40"}, O_PATH)), ELOOP);
}

TEST_P(RootDirTest, NoFollowIsForTheLastComponent) {
  scratch_.link("root/first", "dir");
  scratch_.link("root/dir/last", "file");
  Result<struct stat> status = root().stat({"/first/last"}, O_NOFOLLOW);
  ASSERT_TRUE(status);
  EXPECT_TRUE(S_ISLNK(status->st_mode));
  EXPECT_EQ(error_of(root().open({"/first/last"}, O_RDONLY | O_NOFOLLOW)), ELOOP);
  EXPECT_EQ(*root().read_link({"/first/last"}), "file");
}

TEST_P(RootDirTest, AFileOnTheWayIsNamed) {
  const Result<UniqueFd> result = root().make_directories({"/dir/file/x"}, 0755);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().message(),
            "\"/dir/file/x\": \"/dir/file\" is no directory: Not a directory");
}

TEST_P(RootDirTest, MakesMissingDirectories) {
  ASSERT_TRUE(root().make_directories({"/dir/sub/new"}, 0700));
  ASSERT_TRUE(root().make_directories({"/a/b/../c"}, 0755));
  EXPECT_EQ(kind_of(scratch_ / "root/dir/sub/new"), "directory");
  EXPECT_EQ(kind_of(scratch_ / "root/a/c"), "directory");
}

TEST_P(RootDirTest, ReturnsTheDirectoryThatItMade) {
  Result<UniqueFd> made = root().make_directories({"/dir/new"}, 0755);
  ASSERT_TRUE(made);
  struct stat by_fd {};
  struct stat by_path {};
  ASSERT_EQ(::fstat(made->get(), &by_fd), 0);
  ASSERT_EQ(::stat((scratch_ / "root/dir/new").c_str(), &by_path), 0);
  EXPECT_EQ(by_fd.st_ino, by_path.st_ino);
}

// "/etc/resolv.conf" of many images is a link to a file below an empty /run.
TEST_P(RootDirTest, MakesWhatADanglingLinkMeansInsideTheRoot) {
  scratch_.link("root/abs", "/made/by/abs");
  scratch_.link("root/rel", "../../made/by/rel");
  scratch_.link("root/mid", scratch_ / "canary");
  ASSERT_TRUE(root().make_directories({"/abs"}, 0755));
  ASSERT_TRUE(root().create_file({"/rel"}, 0644));
  ASSERT_TRUE(root().make_directories({"/mid/new"}, 0755));
  EXPECT_EQ(kind_of(scratch_ / "root/made/by/abs"), "directory");
  EXPECT_EQ(kind_of(scratch_ / "root/made/by/rel"), "file");
  EXPECT_EQ(kind_of(scratch_ / "root" + (scratch_ / "canary/new")), "directory");
  expect_canary_untouched();
}

TEST_P(RootDirTest, CreateFileLeavesAnExistingOneAlone) {
  ASSERT_TRUE(root().create_file({"/dir/file"}, 0644));
  EXPECT_EQ(content({"/dir/file"}), "inside");
}

TEST_P(RootDirTest, CreateFileDoesNotFollowALinkOutOfTheRoot) {
  scratch_.link("root/dir/evil", scratch_ / "canary/new");
  ASSERT_TRUE(root().create_file({"/dir/evil"}, 0644));
  expect_canary_untouched();
}

TEST_P(RootDirTest, NodesAndLinksFollowNoLastLink) {
  scratch_.link("root/dir/evil", scratch_ / "canary/new");
  const Result<> node = root().make_node({"/dir/evil"}, S_IFIFO | 0600, 0);
  const Result<> link = root().make_symlink({"/dir/evil"}, "target");
  ASSERT_FALSE(node);
  ASSERT_FALSE(link);
  EXPECT_EQ(node.error().errno_value, EEXIST);
  EXPECT_EQ(link.error().errno_value, EEXIST);
  expect_canary_untouched();
}

TEST_P(RootDirTest, MakesNodesAndLinksBelowLinkedDirectories) {
  scratch_.link("root/dev", "/dir/sub");
  ASSERT_TRUE(root().make_node({"/dev/net/fifo"}, S_IFIFO | 0600, 0));
  ASSERT_TRUE(root().make_symlink({"/dev/fd"}, "/proc/self/fd"));
  EXPECT_EQ(kind_of(scratch_ / "root/dir/sub/net/fifo"), "fifo");
  EXPECT_EQ(kind_of(scratch_ / "root/dir/sub/fd"), "link");
}

TEST_P(RootDirTest, DoesNotFollowMagicLinks) {
  // The root is the host's "/", so that procfs is in it; its links into processes stay closed.
  const RootDir host = root_of("/");
  const UniqueFd directory(::open((scratch_ / "canary").c_str(), O_PATH | O_CLOEXEC));
  const std::string magic = "/proc/self/fd/" + std::to_string(directory.get()) + "/new";
  const ContainerPath path{magic};
  if (GetParam() == PathLookup::Kernel) {
    EXPECT_EQ(error_of(host.open(path, O_PATH)), ELOOP);
  } else {
    // Read as an ordinary link, which is a path below the root: no way around the root.
    const RootDir small = root_of("/proc");
    EXPECT_EQ(error_of(small.open({"/self/root/etc"}, O_PATH)), ENOENT);
  }
}

// CVE-2021-30465, CVE-2024-45310: a name flips between a directory and a link out of the root.
TEST_P(RootDirTest, ARacerGetsNothingMadeOutside) {
  scratch_.directory("root/volume/a");
  scratch_.link("root/volume/b", scratch_ / "canary");
  const UniqueFd volume(::open((scratch_ / "root/volume").c_str(), O_PATH | O_CLOEXEC));
  std::atomic<bool> done = false;
  std::thread racer([&] {
    while (!done) (void)::renameat2(volume.get(), "a", volume.get(), "b", RENAME_EXCHANGE);
  });
  const RootDir attacked = root();
  for (int i = 0; i < 600; ++i) {
    const std::string name = "/volume/a/new" + (i % 2 == 0 ? std::string() : std::to_string(i));
    (void)attacked.make_directories({name + "/x"}, 0755);
    (void)attacked.create_file({name + "/../file" + std::to_string(i)}, 0644);
    (void)attacked.make_node({"/volume/a/fifo"}, S_IFIFO | 0600, 0);
  }
  done = true;
  racer.join();
  expect_canary_untouched();
  EXPECT_FALSE(exists(scratch_ / "canary/fifo"));
  EXPECT_FALSE(exists(scratch_ / "canary/file1"));
}

// Makes openat2 fail with `errno_value` in this process for good.
bool forbid_openat2(int errno_value) {
  std::array<sock_filter, 4> code = {{
      BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_openat2, 0, 1),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | static_cast<unsigned>(errno_value)),
      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
  }};
  const sock_fprog program{.len = code.size(), .filter = code.data()};
  return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
         ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

TEST(RootDir, WalksWhereOpenat2IsMissingOrForbidden) {
  const test::ScratchDir scratch;
  scratch.directory("root/dir");
  scratch.link("root/link", "/dir");
  for (const int errno_value : {ENOSYS, EPERM}) {
    OCIRT_IN_CHILD(0, [&]() -> std::string {
      OCIRT_CHECK(forbid_openat2(errno_value));
      Result<RootDir> root = RootDir::open(HostPath{scratch / "root"});
      OCIRT_CHECK(root);
      OCIRT_CHECK(root->open({"/link"}, O_PATH | O_DIRECTORY));
      OCIRT_CHECK(root->make_directories({"/link/a/b"}, 0755));
      OCIRT_CHECK(root->create_file({"/link/file"}, 0644));
      OCIRT_CHECK(root->make_symlink({"/link/made"}, "x") || errno_value == EPERM);
      return "";
    });
    EXPECT_EQ(kind_of(scratch / "root/dir/a/b"), "directory");
  }
}

}  // namespace
}  // namespace ocirt::sys
