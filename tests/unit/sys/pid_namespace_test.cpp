// Who is in a pid namespace of this host.
#include "sys/pid_namespace.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sched.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sys/process.h"

namespace ocirt::sys {
namespace {

using testing::Contains;
using testing::Not;

[[noreturn]] void sleep_for_ever(void*) noexcept {
  while (true) pause();
}

// The first process of a namespace, with another namespace below it.
[[noreturn]] void nest(void* told) noexcept {
  const Result<Child> below = spawn({.flags = CLONE_NEWPID}, sleep_for_ever, nullptr);
  const char word = below ? 'y' : 'n';
  (void)!write(*static_cast<int*>(told), &word, 1);
  sleep_for_ever(nullptr);
}

TEST(PidNamespace, HasItsProcessesAndThoseBelowIt) {
  if (geteuid() != 0) GTEST_SKIP() << "needs root";
  int pipe_ends[2];
  ASSERT_EQ(pipe(pipe_ends), 0);
  const Result<Child> first = spawn({.flags = CLONE_NEWPID}, nest, &pipe_ends[1]);
  ASSERT_TRUE(first) << first.error().message();
  char word = 0;
  ASSERT_EQ(read(pipe_ends[0], &word, 1), 1);
  ASSERT_EQ(word, 'y');

  const Result<std::vector<pid_t>> members = pid_namespace_members(first->pid());
  ASSERT_TRUE(members) << members.error().message();
  EXPECT_EQ(members->size(), 2);
  EXPECT_THAT(*members, Contains(first->pid()));
  EXPECT_THAT(*members, Not(Contains(getpid())));
  close(pipe_ends[0]);
  close(pipe_ends[1]);
}

TEST(PidNamespace, OfOurOwnIsNotListed) {
  EXPECT_EQ(pid_namespace_members(getpid()).error().kind, ErrorKind::Unsupported);
}

TEST(PidNamespace, OfAProcessThatHasEndedIsNotFound) {
  const pid_t child = fork();
  if (child == 0) _exit(0);
  ASSERT_EQ(waitpid(child, nullptr, 0), child);
  EXPECT_EQ(pid_namespace_members(child).error().kind, ErrorKind::NotFound);
}

}  // namespace
}  // namespace ocirt::sys
