// Device programs, judged by the kernel: what it lets a process of their cgroup do.
#include "sys/bpf.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/magic.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <random>
#include <string>
#include <vector>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

constexpr uint32_t kRead = BPF_DEVCG_ACC_READ, kWrite = BPF_DEVCG_ACC_WRITE,
                   kMknod = BPF_DEVCG_ACC_MKNOD;
constexpr uint32_t kAll = kRead | kWrite | kMknod;
constexpr uint32_t kChar = BPF_DEVCG_DEV_CHAR, kBlock = BPF_DEVCG_DEV_BLOCK;

// Something that a process can try: to open a device, or to make a node.
struct Attempt {
  const char* path;  // none: only made
  uint32_t type;
  uint32_t major, minor;
  uint32_t access;
};
constexpr std::array<Attempt, 11> kAttempts = {{
    {"/dev/null", kChar, 1, 3, kRead},
    {"/dev/null", kChar, 1, 3, kWrite},
    {"/dev/null", kChar, 1, 3, kRead | kWrite},
    {"/dev/zero", kChar, 1, 5, kRead},
    {"/dev/zero", kChar, 1, 5, kRead | kWrite},
    {"/dev/full", kChar, 1, 7, kWrite},
    {"/dev/full", kChar, 1, 7, kRead | kWrite},
    {nullptr, kChar, 1, 3, kMknod},
    {nullptr, kChar, 5, 0, kMknod},
    {nullptr, kBlock, 1, 3, kMknod},
    {nullptr, kBlock, 7, 0, kMknod},
}};

// The definition of what a program must do: the last rule about each kind of access decides.
bool is_allowed(const std::vector<DeviceRule>& rules, const Attempt& attempt) {
  for (uint32_t kind : {kRead, kWrite, kMknod}) {
    if ((attempt.access & kind) == 0) continue;
    bool allowed = false;
    for (const DeviceRule& rule : rules) {
      const bool about = (rule.type == 0 || rule.type == attempt.type) &&
                         (!rule.major || *rule.major == attempt.major) &&
                         (!rule.minor || *rule.minor == attempt.minor) && (rule.access & kind) != 0;
      if (about) allowed = rule.allow;
    }
    if (!allowed) return false;
  }
  return true;
}

bool is_v2(const char* path) {
  struct statfs info = {};
  return statfs(path, &info) == 0 && info.f_type == CGROUP2_SUPER_MAGIC;
}

// A v2 cgroup with a program on it, gone at the end.
class FilteredCgroup {
 public:
  explicit FilteredCgroup(const std::string& base)
      : path_(base + "/ocirt-bpf-test-" + std::to_string(getpid())) {
    EXPECT_EQ(mkdir(path_.c_str(), 0755), 0) << strerror(errno);
    directory_ = UniqueFd(open(path_.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  }
  FilteredCgroup(const FilteredCgroup&) = delete;
  FilteredCgroup& operator=(const FilteredCgroup&) = delete;
  ~FilteredCgroup() {
    for (int i = 0; i < 1000 && rmdir(path_.c_str()) != 0 && errno == EBUSY; ++i) usleep(1000);
  }

  [[nodiscard]] Result<> filter(const std::vector<DeviceRule>& rules) const {
    const UniqueFd program = TRY(load_device_program(device_program(rules)));
    return attach_device_program(directory_.get(), program.get());
  }

  // Bit n: attempt n is allowed to a process in the cgroup.
  [[nodiscard]] uint32_t try_all(const std::string& scratch) const {
    int ends[2];
    EXPECT_EQ(pipe(ends), 0);
    const UniqueFd reader(ends[0]);
    UniqueFd writer(ends[1]);
    const pid_t child = fork();
    if (child == 0) {
      const UniqueFd procs(openat(directory_.get(), "cgroup.procs", O_WRONLY | O_CLOEXEC));
      uint32_t allowed = write(procs.get(), "0", 1) == 1 ? 0 : ~0U;
      for (size_t i = 0; i < kAttempts.size(); ++i) allowed |= succeeds(kAttempts[i], scratch) << i;
      (void)!write(writer.get(), &allowed, sizeof allowed);
      _exit(0);
    }
    writer.reset();
    uint32_t allowed = ~0U;
    EXPECT_EQ(read(reader.get(), &allowed, sizeof allowed), static_cast<ssize_t>(sizeof allowed));
    EXPECT_EQ(waitpid(child, nullptr, 0), child);
    return allowed;
  }

 private:
  static uint32_t succeeds(const Attempt& attempt, const std::string& scratch) {
    if (attempt.path == nullptr) {
      const std::string node = scratch + "/node";
      const mode_t type = attempt.type == kChar ? S_IFCHR : S_IFBLK;
      const bool made = mknod(node.c_str(), type, makedev(attempt.major, attempt.minor)) == 0;
      (void)unlink(node.c_str());
      return made ? 1 : 0;
    }
    const int mode = attempt.access == kRead    ? O_RDONLY
                     : attempt.access == kWrite ? O_WRONLY
                                                : O_RDWR;
    return UniqueFd(open(attempt.path, mode | O_CLOEXEC)) ? 1 : 0;
  }

  std::string path_;
  UniqueFd directory_;
};

class DeviceProgramTest : public testing::Test {
 protected:
  void SetUp() override {
    if (geteuid() != 0) GTEST_SKIP() << "needs root";
    for (const char* path : {"/sys/fs/cgroup", "/sys/fs/cgroup/unified"}) {
      if (is_v2(path)) base_ = path;
    }
    if (base_.empty()) GTEST_SKIP() << "needs a cgroup v2 tree";
  }

  void expect_exact(const std::vector<DeviceRule>& rules, const std::string& what) {
    const FilteredCgroup cgroup(base_);
    const Result<> result = cgroup.filter(rules);
    ASSERT_TRUE(result) << what << ": " << result.error().message();
    const uint32_t allowed = cgroup.try_all(scratch_.path());
    for (size_t i = 0; i < kAttempts.size(); ++i) {
      EXPECT_EQ((allowed >> i & 1) != 0, is_allowed(rules, kAttempts[i]))
          << what << ", attempt " << i;
    }
  }

  std::string base_;
  test::ScratchDir scratch_;
};

TEST_F(DeviceProgramTest, NoRulesDenyEverything) {
  expect_exact({}, "no rules");
}

TEST_F(DeviceProgramTest, AllRulesForEverythingAreAccepted) {
  expect_exact({{.allow = true, .access = kAll}}, "allow all");
  expect_exact({{.allow = false, .access = kAll}}, "deny all");
  expect_exact(
      {{.allow = true, .type = kChar, .major = 1, .access = kAll}, {.allow = true, .access = kAll}},
      "allow one, then all");
}

TEST_F(DeviceProgramTest, LaterRulesWin) {
  expect_exact({{.allow = true, .type = kChar, .major = 1, .access = kAll},
                {.allow = false, .type = kChar, .major = 1, .minor = 5, .access = kAll}},
               "all of a kind but one");
}

// A rule about writing must not let reading through, nor stop it.
TEST_F(DeviceProgramTest, EachKindOfAccessHasItsOwnLastRule) {
  expect_exact({{.allow = true, .access = kAll},
                {.allow = false, .type = kChar, .major = 1, .minor = 3, .access = kWrite},
                {.allow = false, .type = kBlock, .access = kMknod}},
               "all but writing");
  expect_exact({{.allow = true, .type = kChar, .major = 1, .access = kRead},
                {.allow = true, .type = kChar, .major = 1, .minor = 5, .access = kWrite}},
               "reading by one rule, writing by another");
}

// Whatever the rules, kernel and definition agree.
TEST_F(DeviceProgramTest, RandomRulesMeanWhatTheySay) {
  constexpr int kPrograms = 60;
  std::mt19937 random(20210529);
  const auto one_of = [&](const auto& values) { return values[random() % values.size()]; };
  const std::array<uint32_t, 4> types = {0, kChar, kChar, kBlock};
  const std::array<std::optional<uint32_t>, 4> majors = {std::nullopt, 1, 1, 7};
  const std::array<std::optional<uint32_t>, 5> minors = {std::nullopt, std::nullopt, 3, 5, 0};
  for (int program = 0; program < kPrograms && !HasFailure(); ++program) {
    std::vector<DeviceRule> rules(random() % 12);
    for (DeviceRule& rule : rules) {
      rule = {.allow = random() % 3 != 0,
              .type = one_of(types),
              .major = one_of(majors),
              .minor = one_of(minors),
              .access = static_cast<uint32_t>(random() % 7 + 1)};
    }
    expect_exact(rules, "program " + std::to_string(program));
  }
}

TEST_F(DeviceProgramTest, ProgramsOfOthersStayInForce) {
  const FilteredCgroup cgroup(base_);
  ASSERT_TRUE(cgroup.filter({{.allow = true, .type = kChar, .access = kAll}}));
  ASSERT_TRUE(cgroup.filter({{.allow = true, .major = 1, .access = kRead | kWrite}}));
  const uint32_t allowed = cgroup.try_all(scratch_.path());
  EXPECT_NE(allowed & 1, 0U);        // both allow reading /dev/null
  EXPECT_EQ(allowed & 1U << 7, 0U);  // making it: only the first
}

}  // namespace
}  // namespace ocirt::sys
