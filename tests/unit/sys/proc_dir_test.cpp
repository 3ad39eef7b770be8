// ProcDir tells a real procfs from one that was covered.
#include "sys/proc_dir.h"

#include <fcntl.h>

#include <array>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

constexpr int kNamespaces = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS;

std::string read_fd(int fd) {
  std::array<char, 64> text{};
  const ssize_t size = ::read(fd, text.data(), text.size());
  return {text.data(), static_cast<size_t>(size < 0 ? 0 : size)};
}

std::string domainname() {
  std::array<char, 65> name{};
  return ::getdomainname(name.data(), name.size()) == 0 ? name.data() : "?";
}

// Writes our own UTS namespace's domain name and reads it back by a system call.
std::string write_domainname(const std::string& value) {
  Result<ProcDir> proc = ProcDir::open();
  OCIRT_CHECK(proc, proc.error().message());
  const Result<> written = proc->write("sys/kernel/domainname", value);
  OCIRT_CHECK(written, written.error().message());
  OCIRT_CHECK(domainname() == value, domainname());
  return "";
}

bool mount_own_proc() {
  return ::mount("proc", "/proc", "proc", 0, nullptr) == 0;
}

TEST(ProcDir, WritesAParameter) {
  OCIRT_IN_CHILD(kNamespaces, []() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    return write_domainname("plain");
  });
}

TEST(ProcDir, FollowsThreadSelf) {
  OCIRT_IN_CHILD(kNamespaces, []() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    Result<ProcDir> proc = ProcDir::open();
    OCIRT_CHECK(proc, proc.error().message());
    Result<UniqueFd> comm = proc->open("thread-self/comm", O_RDONLY);
    OCIRT_CHECK(comm, comm.error().message());
    OCIRT_CHECK(!read_fd(comm->get()).empty());
    return "";
  });
}

// CVE-2025-52881: a write to one parameter must not reach another file of procfs.
TEST(ProcDir, IsNotFooledByAFileMountedOverAParameter) {
  const test::ScratchDir scratch;
  const std::string trap = scratch.file("trap");
  OCIRT_IN_CHILD(kNamespaces, [&]() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    OCIRT_CHECK(::mount(trap.c_str(), "/proc/sys/kernel/domainname", nullptr, MS_BIND, nullptr) ==
                0);
    return write_domainname("behind-a-file");
  });
  EXPECT_EQ(test::read_text(trap), "");
}

TEST(ProcDir, IsNotFooledByADirectoryMountedOverParameters) {
  const test::ScratchDir scratch;
  scratch.directory("fake/kernel");
  const std::string trap = scratch.file("fake/kernel/domainname");
  OCIRT_IN_CHILD(kNamespaces, [&]() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    OCIRT_CHECK(::mount((scratch / "fake").c_str(), "/proc/sys", nullptr, MS_BIND, nullptr) == 0);
    return write_domainname("behind-a-directory");
  });
  EXPECT_EQ(test::read_text(trap), "");
}

// CVE-2019-16884: "/proc" itself is something else.
TEST(ProcDir, IsNotFooledByAFakeProc) {
  const test::ScratchDir scratch;
  scratch.directory("fake/sys/kernel");
  const std::string trap = scratch.file("fake/sys/kernel/domainname");
  OCIRT_IN_CHILD(kNamespaces, [&]() -> std::string {
    OCIRT_CHECK(::mount((scratch / "fake").c_str(), "/proc", nullptr, MS_BIND, nullptr) == 0);
    return write_domainname("behind-a-fake");
  });
  EXPECT_EQ(test::read_text(trap), "");
}

// A directory of procfs bound over all of it has the right magic number, but not the root's inode.
TEST(ProcDir, IsNotFooledByAPartOfProcOverProc) {
  OCIRT_IN_CHILD(kNamespaces, []() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    OCIRT_CHECK(::mount("/proc/sys", "/proc", nullptr, MS_BIND, nullptr) == 0);
    return write_domainname("behind-a-part");
  });
}

TEST(ProcDir, WorksInAUserNamespace) {
  OCIRT_IN_CHILD(kNamespaces | CLONE_NEWUSER, []() -> std::string {
    OCIRT_CHECK(mount_own_proc());
    return write_domainname("mapped");
  });
}

TEST(ProcDir, DoesNotFollowMagicLinks) {
  Result<ProcDir> proc = ProcDir::open();
  ASSERT_TRUE(proc);
  Result<UniqueFd> etc = proc->open("self/root/etc", O_PATH);
  ASSERT_FALSE(etc);
}

TEST(ProcDir, ReopensAnFdWithOtherFlags) {
  const test::ScratchDir scratch;
  const std::string path = scratch.file("file", "text");
  const UniqueFd handle(::open(path.c_str(), O_PATH | O_CLOEXEC));
  Result<ProcDir> proc = ProcDir::open();
  ASSERT_TRUE(proc);
  Result<UniqueFd> file = proc->reopen(handle.get(), O_RDONLY);
  ASSERT_TRUE(file) << file.error().message();
  EXPECT_EQ(read_fd(file->get()), "text");
}

TEST(ProcDir, NamesTheFileThatIsMissing) {
  Result<ProcDir> proc = ProcDir::open();
  ASSERT_TRUE(proc);
  const Result<> written = proc->write("sys/kernel/nosuch", "1");
  ASSERT_FALSE(written);
  EXPECT_EQ(written.error().message(),
            "open \"/proc/sys/kernel/nosuch\": No such file or directory");
}

}  // namespace
}  // namespace ocirt::sys
