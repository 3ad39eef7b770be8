// Compiled seccomp filters, at work in children of the test.
#include "runtime/stages/seccomp.h"

#include <gtest/gtest.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <functional>
#include <string>

#include "sys/socket.h"

namespace ocirt::stages {
namespace {

// alarm(2) stands for any system call: it takes a number and does nothing to a child that ends.
long alarm_call(unsigned long argument) {
  return syscall(SYS_alarm, argument) == 0 ? 0 : errno;
}

spec::SeccompRule on_alarm(std::string action) {
  return {.names = {"alarm"}, .action = std::move(action), .errno_ret = {}, .args = {}};
}

spec::Seccomp allow_but(spec::SeccompRule rule) {
  spec::Seccomp profile;
  profile.default_action = "SCMP_ACT_ALLOW";
  profile.syscalls = {std::move(rule)};
  return profile;
}

// Loads the profile in a child, runs `work` there, and returns the child's wait status.
int run_filtered(const spec::Seccomp& profile, const std::function<int()>& work) {
  const Result<std::vector<sock_filter>> filter = compile_seccomp(profile, {}, "");
  EXPECT_TRUE(filter) << filter.error().message();
  if (!filter) return -1;
  const pid_t child = fork();
  if (child == 0) {
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    (void)prctl(PR_SET_DUMPABLE, 0, 0, 0, 0);
    const plan::SeccompPlan plan = {.profile = profile};
    if (!load_seccomp(*filter, plan)) _exit(99);
    _exit(work());
  }
  int status = 0;
  EXPECT_EQ(waitpid(child, &status, 0), child);
  return status;
}

// What alarm(argument) answers under the profile: 0 or an errno. -1: the child was killed.
int answer(const spec::Seccomp& profile, unsigned long argument = 0) {
  const int status = run_filtered(profile, [&] { return static_cast<int>(alarm_call(argument)); });
  return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

int killed_by(const spec::Seccomp& profile) {
  const int status = run_filtered(profile, [] { return static_cast<int>(alarm_call(0)); });
  return WIFSIGNALED(status) ? WTERMSIG(status) : 0;
}

// --- actions -------------------------------------------------------------------------------------

TEST(Seccomp, ErrnoAnswersEpermUnlessToldOtherwise) {
  spec::SeccompRule rule = on_alarm("SCMP_ACT_ERRNO");
  EXPECT_EQ(answer(allow_but(rule)), EPERM);
  rule.errno_ret = ENOTSUP;
  EXPECT_EQ(answer(allow_but(rule)), ENOTSUP);
}

TEST(Seccomp, AllowAndLogLetTheCallThrough) {
  EXPECT_EQ(answer(allow_but(on_alarm("SCMP_ACT_ALLOW"))), 0);
  EXPECT_EQ(answer(allow_but(on_alarm("SCMP_ACT_LOG"))), 0);
}

TEST(Seccomp, KillKillsWithSigsys) {
  EXPECT_EQ(killed_by(allow_but(on_alarm("SCMP_ACT_KILL"))), SIGSYS);
  EXPECT_EQ(killed_by(allow_but(on_alarm("SCMP_ACT_KILL_THREAD"))), SIGSYS);
  EXPECT_EQ(killed_by(allow_but(on_alarm("SCMP_ACT_KILL_PROCESS"))), SIGSYS);
}

TEST(Seccomp, TrapRaisesSigsys) {
  const int status = run_filtered(allow_but(on_alarm("SCMP_ACT_TRAP")), [] {
    struct sigaction action = {};
    action.sa_handler = [](int) { _exit(7); };
    (void)sigaction(SIGSYS, &action, nullptr);
    return static_cast<int>(alarm_call(0));
  });
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 7);
}

TEST(Seccomp, TraceWithoutATracerAnswersEnosys) {
  EXPECT_EQ(answer(allow_but(on_alarm("SCMP_ACT_TRACE"))), ENOSYS);
}

// --- arguments -----------------------------------------------------------------------------------

spec::SeccompArg arg(uint32_t index, std::string op, uint64_t value,
                     std::optional<uint64_t> two = {}) {
  return {.index = index, .value = value, .value_two = two, .op = std::move(op)};
}

TEST(Seccomp, ComparisonsSeeAllBitsOfAnArgument) {
  constexpr unsigned long kBig = 0x1'0000'0005;
  struct Case {
    spec::SeccompArg condition;
    unsigned long matches, differs;
  };
  const std::array<Case, 7> cases = {{
      {arg(0, "SCMP_CMP_EQ", kBig), kBig, 5},
      {arg(0, "SCMP_CMP_NE", kBig), 5, kBig},
      {arg(0, "SCMP_CMP_LT", kBig), kBig - 1, kBig},
      {arg(0, "SCMP_CMP_LE", kBig), kBig, kBig + 1},
      {arg(0, "SCMP_CMP_GT", kBig), kBig + 1, kBig},
      {arg(0, "SCMP_CMP_GE", kBig), kBig, kBig - 1},
      {arg(0, "SCMP_CMP_MASKED_EQ", 0xF0, 0x30), 0x3F, 0x4F},
  }};
  for (const Case& each : cases) {
    spec::SeccompRule rule = on_alarm("SCMP_ACT_ERRNO");
    rule.args = {each.condition};
    EXPECT_EQ(answer(allow_but(rule), each.matches), EPERM) << each.condition.op;
    EXPECT_EQ(answer(allow_but(rule), each.differs), 0) << each.condition.op;
  }
}

TEST(Seccomp, ConditionsOnOneArgumentAreAlternatives) {
  spec::SeccompRule rule = on_alarm("SCMP_ACT_ERRNO");
  rule.args = {arg(0, "SCMP_CMP_EQ", 3), arg(0, "SCMP_CMP_EQ", 5)};
  const spec::Seccomp profile = allow_but(rule);
  EXPECT_EQ(answer(profile, 3), EPERM);
  EXPECT_EQ(answer(profile, 5), EPERM);
  EXPECT_EQ(answer(profile, 4), 0);
}

TEST(Seccomp, ConditionsOnSeveralArgumentsMustAllHold) {
  spec::SeccompRule rule = {
      .names = {"getpriority"}, .action = "SCMP_ACT_ERRNO", .errno_ret = EXDEV};
  rule.args = {arg(0, "SCMP_CMP_EQ", 0), arg(1, "SCMP_CMP_EQ", 0)};
  const auto ask = [&](int which, int who) {
    return WEXITSTATUS(run_filtered(
        allow_but(rule), [&] { return syscall(SYS_getpriority, which, who) < 0 ? errno : 0; }));
  };
  EXPECT_EQ(ask(0, 0), EXDEV);
  EXPECT_EQ(ask(0, 1), 0);
  EXPECT_EQ(ask(1, 0), 0);
}

// --- profiles as a whole -------------------------------------------------------------------------

spec::Seccomp deny_but(std::vector<std::string> names) {
  spec::Seccomp profile;
  profile.default_action = "SCMP_ACT_ERRNO";
  names.insert(names.end(), {"exit_group", "exit", "rt_sigreturn"});
  profile.syscalls = {{.names = std::move(names), .action = "SCMP_ACT_ALLOW"}};
  return profile;
}

TEST(Seccomp, TheDefaultMeetsWhatNoRuleNames) {
  EXPECT_EQ(answer(deny_but({"alarm"})), 0);
  EXPECT_EQ(answer(deny_but({"statx"})), EPERM);
  spec::Seccomp profile = deny_but({"statx"});
  profile.default_errno_ret = ENETDOWN;
  EXPECT_EQ(answer(profile), ENETDOWN);
}

TEST(Seccomp, NamesThatNobodyKnowsAreSkipped) {
  EXPECT_EQ(answer(deny_but({"no_such_call", "alarm"})), 0);
}

TEST(Seccomp, ARuleThatRepeatsTheDefaultIsAccepted) {
  EXPECT_EQ(answer(allow_but(on_alarm("SCMP_ACT_ALLOW"))), 0);
}

TEST(Seccomp, CallsNewerThanTheProfileAnswerEnosys) {
  constexpr long kNobodysCall = 4000;
  const auto ask = [](const spec::Seccomp& profile, long number) {
    return WEXITSTATUS(run_filtered(profile, [&] { return syscall(number) < 0 ? errno : 0; }));
  };
  EXPECT_EQ(ask(deny_but({"statx"}), kNobodysCall), ENOSYS);
  EXPECT_EQ(ask(deny_but({"statx"}), SYS_getppid), EPERM);
}

TEST(Seccomp, OtherArchitecturesAndFlagsAreAccepted) {
  spec::Seccomp profile = allow_but(on_alarm("SCMP_ACT_ERRNO"));
  profile.architectures = {"SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"};
  profile.flags = {"SECCOMP_FILTER_FLAG_TSYNC", "SECCOMP_FILTER_FLAG_LOG",
                   "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
  EXPECT_EQ(answer(profile), EPERM);
}

TEST(Seccomp, WordsThatTheSpecDoesntHaveAreErrors) {
  const auto kind = [](const spec::Seccomp& profile) {
    const Result<std::vector<sock_filter>> filter = compile_seccomp(profile, {}, "");
    return filter ? ErrorKind::Bug : filter.error().kind;
  };
  EXPECT_EQ(kind(allow_but(on_alarm("SCMP_ACT_MAYBE"))), ErrorKind::InvalidConfig);
  spec::Seccomp profile = allow_but(on_alarm("SCMP_ACT_ERRNO"));
  profile.architectures = {"SCMP_ARCH_VAX"};
  EXPECT_EQ(kind(profile), ErrorKind::InvalidConfig);
  spec::SeccompRule rule = on_alarm("SCMP_ACT_ERRNO");
  rule.args = {arg(6, "SCMP_CMP_EQ", 0)};
  EXPECT_EQ(kind(allow_but(rule)), ErrorKind::InvalidConfig);
  rule.args = {arg(0, "SCMP_CMP_ALMOST", 0)};
  EXPECT_EQ(kind(allow_but(rule)), ErrorKind::InvalidConfig);
}

// --- notification --------------------------------------------------------------------------------

TEST(Seccomp, NotifyAsksTheListener) {
  const spec::Seccomp profile = allow_but(on_alarm("SCMP_ACT_NOTIFY"));
  const Result<std::vector<sock_filter>> filter = compile_seccomp(profile, {}, "");
  ASSERT_TRUE(filter) << filter.error().message();
  auto sockets = sys::packet_pair();
  ASSERT_TRUE(sockets);

  const pid_t child = fork();
  if (child == 0) {
    (void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    Result<UniqueFd> listener = load_seccomp(*filter, {.profile = profile});
    if (!listener || !*listener) _exit(99);
    const std::byte byte{1};
    if (!sys::send_packet(sockets->first.get(), {&byte, 1}, listener->get())) _exit(98);
    listener->reset();
    _exit(static_cast<int>(syscall(SYS_alarm, 11)));
  }
  std::array<std::byte, 1> buffer;
  Result<sys::Packet> packet = sys::receive_packet(sockets->second.get(), buffer);
  ASSERT_TRUE(packet && packet->fd);
  seccomp_notif asked = {};
  ASSERT_EQ(ioctl(packet->fd.get(), SECCOMP_IOCTL_NOTIF_RECV, &asked), 0) << strerror(errno);
  EXPECT_EQ(asked.data.nr, SYS_alarm);
  EXPECT_EQ(asked.data.args[0], 11U);
  seccomp_notif_resp reply = {.id = asked.id, .val = 42, .error = 0, .flags = 0};
  ASSERT_EQ(ioctl(packet->fd.get(), SECCOMP_IOCTL_NOTIF_SEND, &reply), 0);
  int status = 0;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  ASSERT_TRUE(WIFEXITED(status));
  EXPECT_EQ(WEXITSTATUS(status), 42);
}

TEST(Seccomp, TheListenerGoesToTheAgentWithTheState) {
  std::string directory = testing::TempDir() + "ocirt-listener-XXXXXX";
  ASSERT_NE(mkdtemp(directory.data()), nullptr);
  const std::string path = directory + "/agent.sock";
  const UniqueFd agent(socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0));
  sockaddr_un address = {.sun_family = AF_UNIX, .sun_path = {}};
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  ASSERT_EQ(bind(agent.get(), reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
  ASSERT_EQ(listen(agent.get(), 1), 0);

  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  const UniqueFd reader(ends[0]), writer(ends[1]);
  const Result<> sent = send_seccomp_listener(writer.get(), {path}, R"({"pid":1})");
  ASSERT_TRUE(sent) << sent.error().message();

  const UniqueFd connection(accept(agent.get(), nullptr, nullptr));
  std::array<std::byte, 64> buffer;
  Result<sys::Packet> packet = sys::receive_packet(connection.get(), buffer);
  ASSERT_TRUE(packet);
  EXPECT_EQ(std::string(reinterpret_cast<char*>(buffer.data()), packet->size), R"({"pid":1})");
  EXPECT_EQ(write(packet->fd.get(), "x", 1), 1);
  char byte = 0;
  EXPECT_EQ(read(reader.get(), &byte, 1), 1);
  EXPECT_EQ(byte, 'x');
  (void)unlink(path.c_str());
  (void)rmdir(directory.c_str());
}

TEST(Seccomp, AnAgentThatIsNotThereIsNamed) {
  const Result<> sent = send_seccomp_listener(0, {"/no/such/agent.sock"}, "{}");
  ASSERT_FALSE(sent);
  EXPECT_NE(sent.error().text.find("/no/such/agent.sock"), std::string::npos);
}

}  // namespace
}  // namespace ocirt::stages
