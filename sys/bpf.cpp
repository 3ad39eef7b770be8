// The program that decides which devices a v2 cgroup may use: made, loaded, attached. Knows no OCI
// word.
#include "sys/bpf.h"

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <limits>

namespace ocirt::sys {

namespace {

constexpr uint32_t kAllAccess = BPF_DEVCG_ACC_READ | BPF_DEVCG_ACC_WRITE | BPF_DEVCG_ACC_MKNOD;

// The kernel's device numbers: 12 bits of major, 20 bits of minor (kdev_t.h).
constexpr uint32_t kMinorBits = 20;
constexpr uint32_t kMostMajor = (1U << 12) - 1;
constexpr uint32_t kMostMinor = (1U << kMinorBits) - 1;

// What the registers hold.
constexpr uint8_t kResult = BPF_REG_0;
constexpr uint8_t kContext = BPF_REG_1;  // until it has been read; from then on:
constexpr uint8_t kDevice = BPF_REG_1;   // major and minor number in one
constexpr uint8_t kPending = BPF_REG_2;  // kinds of access that no rule has allowed yet
constexpr uint8_t kType = BPF_REG_3;
constexpr uint8_t kMajor = BPF_REG_4;
constexpr uint8_t kMinor = BPF_REG_5;

bpf_insn instruction(unsigned code, uint8_t to, uint8_t from, int16_t offset, uint32_t immediate) {
  bpf_insn result = {};
  result.code = static_cast<uint8_t>(code);
  result.dst_reg = to & 0xF;
  result.src_reg = from & 0xF;
  result.off = offset;
  result.imm = static_cast<int32_t>(immediate);
  return result;
}

bpf_insn load_field(uint8_t to, size_t offset) {
  return instruction(BPF_LDX | BPF_MEM | BPF_W, to, kContext, static_cast<int16_t>(offset), 0);
}

// Which register a rule compares with what; none for a rule about all numbers.
struct Comparison {
  uint8_t reg = 0;
  uint32_t value = 0;
};

std::optional<Comparison> comparison_of(const DeviceRule& rule) {
  if (rule.major && rule.minor) return Comparison{kDevice, *rule.major << kMinorBits | *rule.minor};
  if (rule.major) return Comparison{kMajor, *rule.major};
  if (rule.minor) return Comparison{kMinor, *rule.minor};
  return std::nullopt;
}

// Builds the program. Jumps go forward only: to the end of a group of rules for the same type, over
// the next instructions, or to the verdicts at the end. Nearly all rules are one comparison that
// jumps to its verdict: the kernel's verifier walks such code once, while code whose branches meet
// again costs it time that grows with the square of the number of rules.
class DeviceProgram {
 public:
  DeviceProgram() {
    // access_type is "access << 16 | type"; see struct bpf_cgroup_dev_ctx.
    emit(load_field(kPending, offsetof(bpf_cgroup_dev_ctx, access_type)));
    emit(load_field(kMajor, offsetof(bpf_cgroup_dev_ctx, major)));
    emit(load_field(kMinor, offsetof(bpf_cgroup_dev_ctx, minor)));
    emit(instruction(BPF_ALU | BPF_MOV | BPF_X, kType, kPending, 0, 0));
    emit(instruction(BPF_ALU | BPF_AND | BPF_K, kType, 0, 0, 0xFFFF));
    emit(instruction(BPF_ALU | BPF_RSH | BPF_K, kPending, 0, 0, 16));
    emit(instruction(BPF_ALU | BPF_MOV | BPF_X, kDevice, kMajor, 0, 0));
    emit(instruction(BPF_ALU | BPF_LSH | BPF_K, kDevice, 0, 0, kMinorBits));
    emit(instruction(BPF_ALU | BPF_OR | BPF_X, kDevice, kMinor, 0, 0));
  }

  // The next rule in order of precedence. Those for one type that follow each other share the test
  // for it.
  void add(const DeviceRule& rule) {
    // No device has such numbers, so it is about nothing.
    if (rule.major.value_or(0) > kMostMajor || rule.minor.value_or(0) > kMostMinor) return;
    if (all_decided_) return;
    if (!group_open_ || rule.type != type_) open_group(rule.type);
    if (group_decided_) return;  // the kernel refuses code that can't be reached
    if (rule.access == kAllAccess) {
      decide_all(rule);
    } else {
      decide_some(rule);
    }
  }

  std::vector<bpf_insn> finish() {
    close_group();
    // Unless the last rule was for everything, here arrives what no rule was about.
    if (!all_decided_ || !to_deny_.empty()) verdict(to_deny_, 0);
    if (!to_allow_.empty()) verdict(to_allow_, 1);
    return std::move(program_);
  }

 private:
  size_t emit(bpf_insn insn) {
    program_.push_back(insn);
    return program_.size() - 1;
  }

  // A jump to the verdict if `reg` compares so with `value`.
  void decide_if(unsigned condition, uint8_t reg, uint32_t value, bool allow) {
    (allow ? to_allow_ : to_deny_)
        .push_back(emit(instruction(BPF_JMP32 | condition | BPF_K, reg, 0, 0, value)));
  }

  void open_group(uint32_t type) {
    close_group();
    type_ = type;
    group_open_ = true;
    group_decided_ = false;
    if (type == 0) return;
    to_group_end_.push_back(emit(instruction(BPF_JMP32 | BPF_JNE | BPF_K, kType, 0, 0, type)));
  }

  void close_group() {
    for (size_t jump : to_group_end_) aim(jump);
    to_group_end_.clear();
    group_open_ = false;
  }

  void decide_all(const DeviceRule& rule) {
    if (const std::optional<Comparison> comparison = comparison_of(rule)) {
      decide_if(BPF_JEQ, comparison->reg, comparison->value, rule.allow);
      return;
    }
    (rule.allow ? to_allow_ : to_deny_).push_back(emit(instruction(BPF_JMP | BPF_JA, 0, 0, 0, 0)));
    group_decided_ = true;
    all_decided_ = type_ == 0;
  }

  void decide_some(const DeviceRule& rule) {
    if (const std::optional<Comparison> comparison = comparison_of(rule)) {
      const int16_t rest = rule.allow ? 2 : 1;  // instructions below
      emit(instruction(BPF_JMP32 | BPF_JNE | BPF_K, comparison->reg, 0, rest, comparison->value));
    }
    if (rule.allow) {
      emit(instruction(BPF_ALU | BPF_AND | BPF_K, kPending, 0, 0, ~rule.access));
      decide_if(BPF_JEQ, kPending, 0, true);
    } else {
      decide_if(BPF_JSET, kPending, rule.access, false);
    }
  }

  void verdict(const std::vector<size_t>& jumps, uint32_t value) {
    for (size_t jump : jumps) aim(jump);
    emit(instruction(BPF_ALU64 | BPF_MOV | BPF_K, kResult, 0, 0, value));
    emit(instruction(BPF_JMP | BPF_EXIT, 0, 0, 0, 0));
  }

  // Makes `jump` lead to the next instruction.
  void aim(size_t jump) { program_[jump].off = static_cast<int16_t>(program_.size() - jump - 1); }

  std::vector<bpf_insn> program_;
  std::vector<size_t> to_allow_, to_deny_, to_group_end_;
  uint32_t type_ = 0;
  bool group_open_ = false;
  bool group_decided_ = false;  // a rule for the whole group came
  bool all_decided_ = false;    // a rule for everything came
};

long bpf(int command, bpf_attr& attributes) {
  return syscall(SYS_bpf, command, &attributes, sizeof(attributes));
}

}  // namespace

std::vector<bpf_insn> device_program(std::span<const DeviceRule> rules) {
  DeviceProgram program;
  for (auto rule = rules.rbegin(); rule != rules.rend(); ++rule) program.add(*rule);
  return program.finish();
}

Result<UniqueFd> load_device_program(std::span<const bpf_insn> program) {
  // Jumps hold 16 bits with a sign.
  if (program.size() > std::numeric_limits<int16_t>::max()) {
    return make_error(ErrorKind::Unsupported, "the device filter has too many rules");
  }
  bpf_attr attributes = {};
  attributes.prog_type = BPF_PROG_TYPE_CGROUP_DEVICE;
  attributes.insns = reinterpret_cast<uintptr_t>(program.data());
  attributes.insn_cnt = static_cast<uint32_t>(program.size());
  attributes.license = reinterpret_cast<uintptr_t>("Apache-2.0");
  // Shown by `bpftool prog`.
  constexpr char kName[] = "ocirt_devices";
  for (size_t i = 0; i < sizeof(kName); ++i) attributes.prog_name[i] = kName[i];

  UniqueFd fd(static_cast<int>(bpf(BPF_PROG_LOAD, attributes)));
  if (fd) return fd;
  const int error = errno;
  if (error == ENOSYS) {
    return make_error(ErrorKind::Unsupported,
                      "this kernel has no bpf(2), so devices can't be kept "
                      "from a cgroup of version 2");
  }
  return system_error(error, "load the device filter");
}

Result<> attach_device_program(int cgroup, int program) {
  bpf_attr attributes = {};
  attributes.target_fd = static_cast<uint32_t>(cgroup);
  attributes.attach_bpf_fd = static_cast<uint32_t>(program);
  attributes.attach_type = BPF_CGROUP_DEVICE;
  attributes.attach_flags = BPF_F_ALLOW_MULTI;
  if (bpf(BPF_PROG_ATTACH, attributes) != 0) return last_error("attach the device filter");
  return {};
}

}  // namespace ocirt::sys
