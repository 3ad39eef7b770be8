// Turns a seccomp profile into a BPF program, through libseccomp. Runs in: creator.
#include "runtime/stages/seccomp_compile.h"

#include <linux/audit.h>
#include <linux/bpf_common.h>
#include <linux/seccomp.h>
#include <seccomp.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

#include "base/unique_fd.h"
#include "sys/file.h"

namespace ocirt::stages {

namespace {

constexpr uint32_t kX32Bit = 0x40000000;  // __X32_SYSCALL_BIT: marks x32's calls on x86-64

struct ReleaseContext {
  void operator()(void* context) const { seccomp_release(context); }
};
using Context = std::unique_ptr<void, ReleaseContext>;

Error invalid(const std::string& problem) {
  return make_error(ErrorKind::InvalidConfig, "linux.seccomp: " + problem);
}

// libseccomp returns -errno.
Error failed(int result, const std::string& what) {
  if (result == -EFAULT) return make_error(ErrorKind::System, "linux.seccomp: " + what);
  return system_error(-result, "linux.seccomp: " + what);
}

// --- words of the spec ---------------------------------------------------------------------------

Result<uint32_t> action_of(const std::string& name, std::optional<uint32_t> errno_ret) {
  const uint32_t data = errno_ret.value_or(EPERM) & 0xFFFF;
  if (name == "SCMP_ACT_ALLOW") return SCMP_ACT_ALLOW;
  if (name == "SCMP_ACT_ERRNO") return SCMP_ACT_ERRNO(data);
  if (name == "SCMP_ACT_KILL" || name == "SCMP_ACT_KILL_THREAD") return SCMP_ACT_KILL_THREAD;
  if (name == "SCMP_ACT_KILL_PROCESS") return SCMP_ACT_KILL_PROCESS;
  if (name == "SCMP_ACT_TRAP") return SCMP_ACT_TRAP;
  if (name == "SCMP_ACT_TRACE") return SCMP_ACT_TRACE(data);
  if (name == "SCMP_ACT_LOG") return SCMP_ACT_LOG;
  if (name == "SCMP_ACT_NOTIFY") return SCMP_ACT_NOTIFY;
  return invalid("unknown action \"" + name + "\"");
}

Result<scmp_compare> comparison_of(const std::string& name) {
  constexpr std::array<std::pair<std::string_view, scmp_compare>, 7> kComparisons = {{
      {"SCMP_CMP_NE", SCMP_CMP_NE},
      {"SCMP_CMP_LT", SCMP_CMP_LT},
      {"SCMP_CMP_LE", SCMP_CMP_LE},
      {"SCMP_CMP_EQ", SCMP_CMP_EQ},
      {"SCMP_CMP_GE", SCMP_CMP_GE},
      {"SCMP_CMP_GT", SCMP_CMP_GT},
      {"SCMP_CMP_MASKED_EQ", SCMP_CMP_MASKED_EQ},
  }};
  for (const auto& [word, value] : kComparisons) {
    if (name == word) return value;
  }
  return invalid("unknown operator \"" + name + "\"");
}

Result<uint32_t> architecture_of(const std::string& name) {
  constexpr std::string_view kPrefix = "SCMP_ARCH_";
  std::string word = name.starts_with(kPrefix) ? name.substr(kPrefix.size()) : "";
  for (char& letter : word) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  const uint32_t token = word.empty() ? 0 : seccomp_arch_resolve_name(word.c_str());
  if (token == 0) return invalid("unknown architecture \"" + name + "\"");
  return token;
}

// --- rules ---------------------------------------------------------------------------------------

Result<> add_rule(const Context& context, uint32_t action, int number, const std::string& name,
                  const std::vector<scmp_arg_cmp>& conditions) {
  const int result = seccomp_rule_add_array(
      context.get(), action, number, static_cast<unsigned>(conditions.size()), conditions.data());
  // EDOM: no architecture of the filter has this system call.
  if (result == 0 || result == -EDOM) return {};
  return failed(result, "add the rule for " + name);
}

bool same_argument_twice(const std::vector<scmp_arg_cmp>& conditions) {
  std::array<int, 6> count = {};
  for (const scmp_arg_cmp& condition : conditions) {
    if (++count[condition.arg] > 1) return true;
  }
  return false;
}

Result<> add_rules(const Context& context, const spec::SeccompRule& rule, uint32_t default_action) {
  const uint32_t action = TRY(action_of(rule.action, rule.errno_ret));
  if (action == default_action) return {};  // libseccomp refuses rules that change nothing

  std::vector<scmp_arg_cmp> conditions;
  for (const spec::SeccompArg& arg : rule.args) {
    if (arg.index > 5) return invalid("a system call has no argument " + std::to_string(arg.index));
    conditions.push_back({.arg = arg.index,
                          .op = TRY(comparison_of(arg.op)),
                          .datum_a = arg.value,
                          .datum_b = arg.value_two.value_or(0)});
  }
  // A rule can hold only one condition on an argument. Several on the same one are alternatives, a
  // rule for each, as engines expect who know runc and crun.
  const bool alternatives = same_argument_twice(conditions);
  for (const std::string& name : rule.names) {
    const int number = seccomp_syscall_resolve_name(name.c_str());
    if (number == __NR_SCMP_ERROR) continue;
    if (!alternatives) {
      (void)TRY(add_rule(context, action, number, name, conditions));
      continue;
    }
    for (const scmp_arg_cmp& condition : conditions) {
      (void)TRY(add_rule(context, action, number, name, {condition}));
    }
  }
  return {};
}

Result<Context> make_context(const spec::Seccomp& profile, uint32_t default_action) {
  Context context(seccomp_init(default_action));
  if (!context) return invalid("the kernel can't " + profile.default_action);
  // A binary tree over the numbers: a filter of 400 rules takes 9 comparisons instead of 200.
  constexpr uint32_t kBinaryTree = 2;
  if (const int result = seccomp_attr_set(context.get(), SCMP_FLTATR_CTL_OPTIMIZE, kBinaryTree);
      result != 0) {
    return failed(result, "optimise the filter");
  }
  // The native one is there from the beginning.
  for (const std::string& name : profile.architectures) {
    const int result = seccomp_arch_add(context.get(), TRY(architecture_of(name)));
    if (result != 0 && result != -EEXIST) return failed(result, "add " + name);
  }
  for (const spec::SeccompRule& rule : profile.syscalls) {
    (void)TRY(add_rules(context, rule, default_action));
  }
  return context;
}

Result<std::vector<sock_filter>> export_filter(const Context& context) {
  const UniqueFd file = TRY(sys::memory_file("seccomp", {}));
  if (const int result = seccomp_export_bpf(context.get(), file.get()); result != 0) {
    return failed(result, "make the filter");
  }
  if (lseek(file.get(), 0, SEEK_SET) < 0) return last_error("rewind the filter");
  constexpr size_t kLimit = 16 << 20;  // bytes
  const std::string bytes = TRY(sys::read_all(file.get(), kLimit));
  std::vector<sock_filter> filter(bytes.size() / sizeof(sock_filter));
  std::memcpy(filter.data(), bytes.data(), filter.size() * sizeof(sock_filter));
  return filter;
}

// --- calls newer than the profile ----------------------------------------------------------------

sock_filter instruction(unsigned code, uint32_t value, uint8_t if_true = 0, uint8_t if_false = 0) {
  return {.code = static_cast<uint16_t>(code), .jt = if_true, .jf = if_false, .k = value};
}

// The greatest number that a name in the profile has on the architecture; -1 for none.
int greatest_number(const spec::Seccomp& profile, uint32_t architecture) {
  int greatest = -1;
  for (const spec::SeccompRule& rule : profile.syscalls) {
    for (const std::string& name : rule.names) {
      greatest = std::max(greatest, seccomp_syscall_resolve_name_arch(architecture, name.c_str()));
    }
  }
  return greatest;
}

// Only where what isn't in the profile fails: an error other than ENOSYS, or death.
bool needs_stub(uint32_t default_action) {
  const uint32_t kind = default_action & SECCOMP_RET_ACTION_FULL;
  return kind == SECCOMP_RET_ERRNO || kind == SECCOMP_RET_KILL_THREAD ||
         kind == SECCOMP_RET_KILL_PROCESS || kind == SECCOMP_RET_TRAP;
}

// Goes before the filter. Numbers of x32 (on x86-64) are left to the filter: they are all great.
std::vector<sock_filter> newer_calls_stub(const spec::Seccomp& profile, uint32_t native) {
  const int greatest = greatest_number(profile, native);
  if (greatest < 0) return {};
  constexpr uint32_t kAnswer = SECCOMP_RET_ERRNO | ENOSYS;
  return {
      instruction(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, arch)),
      instruction(BPF_JMP | BPF_JEQ | BPF_K, native, 0, 4),  // another one's: to the filter
      instruction(BPF_LD | BPF_W | BPF_ABS, offsetof(seccomp_data, nr)),
      instruction(BPF_JMP | BPF_JGE | BPF_K, kX32Bit, 2, 0),
      instruction(BPF_JMP | BPF_JGT | BPF_K, static_cast<uint32_t>(greatest), 0, 1),
      instruction(BPF_RET | BPF_K, kAnswer),
  };
}

}  // namespace

Result<std::vector<sock_filter>> compile_profile(const spec::Seccomp& profile) {
  const uint32_t default_action = TRY(action_of(profile.default_action, profile.default_errno_ret));
  const Context context = TRY(make_context(profile, default_action));
  std::vector<sock_filter> filter;
  if (needs_stub(default_action)) filter = newer_calls_stub(profile, seccomp_arch_native());
  const std::vector<sock_filter> rules = TRY(export_filter(context));
  filter.insert(filter.end(), rules.begin(), rules.end());

  if (filter.size() > BPF_MAXINSNS) {
    return make_error(ErrorKind::Unsupported, "linux.seccomp: the filter has " +
                                                  std::to_string(filter.size()) +
                                                  " instructions, of which the kernel takes " +
                                                  std::to_string(BPF_MAXINSNS));
  }
  return filter;
}

}  // namespace ocirt::stages
