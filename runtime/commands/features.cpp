// ocirt features: what this program can do, as the JSON of the spec's features.md.
#include <array>
#include <span>
#include <string>
#include <string_view>

#include "base/json_writer.h"
#include "runtime/commands/output.h"
#include "runtime/commands/verb.h"
#include "runtime/commands/version.h"
#include "runtime/plan/mount_options.h"
#include "runtime/plan/names.h"

namespace ocirt::commands {

namespace {

using Names = std::span<const std::string_view>;

constexpr std::string_view kHooks[] = {"prestart",       "createRuntime", "createContainer",
                                       "startContainer", "poststart",     "poststop"};
constexpr std::string_view kSeccompActions[] = {
    "SCMP_ACT_ALLOW",        "SCMP_ACT_ERRNO",       "SCMP_ACT_KILL",
    "SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
    "SCMP_ACT_NOTIFY",       "SCMP_ACT_TRACE",       "SCMP_ACT_TRAP"};
constexpr std::string_view kSeccompOperators[] = {
    "SCMP_CMP_EQ", "SCMP_CMP_GE",        "SCMP_CMP_GT", "SCMP_CMP_LE",
    "SCMP_CMP_LT", "SCMP_CMP_MASKED_EQ", "SCMP_CMP_NE"};
constexpr std::string_view kSeccompArchitectures[] = {
    "SCMP_ARCH_AARCH64",   "SCMP_ARCH_ARM",    "SCMP_ARCH_MIPS",     "SCMP_ARCH_MIPS64",
    "SCMP_ARCH_MIPS64N32", "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64", "SCMP_ARCH_MIPSEL64N32",
    "SCMP_ARCH_PPC",       "SCMP_ARCH_PPC64",  "SCMP_ARCH_PPC64LE",  "SCMP_ARCH_RISCV64",
    "SCMP_ARCH_S390",      "SCMP_ARCH_S390X",  "SCMP_ARCH_X32",      "SCMP_ARCH_X86",
    "SCMP_ARCH_X86_64"};
constexpr std::string_view kSeccompFlags[] = {
    "SECCOMP_FILTER_FLAG_LOG", "SECCOMP_FILTER_FLAG_SPEC_ALLOW", "SECCOMP_FILTER_FLAG_TSYNC",
    "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV"};
// Annotations that change what the runtime does: an engine must not take them from an image.
constexpr std::string_view kUnsafeAnnotations[] = {"bundle", "io.ocirt.", "org.criu.",
                                                   "org.systemd.property.", "run.oci."};

void write_list(JsonWriter& json, std::string_view key, Names names) {
  json.key(key);
  json.begin_array();
  for (const std::string_view name : names) json.value(name);
  json.end_array();
}

void write_list(JsonWriter& json, std::string_view key, std::span<const plan::NamedValue> table) {
  json.key(key);
  json.begin_array();
  for (const plan::NamedValue& entry : table) json.value(entry.name);
  json.end_array();
}

void write_enabled(JsonWriter& json, std::string_view key, bool enabled) {
  json.key(key);
  json.begin_object();
  json.member("enabled", enabled);
  json.end_object();
}

void write_cgroup(JsonWriter& json) {
  json.key("cgroup");
  json.begin_object();
  json.member("v1", true);
  json.member("v2", true);
  json.member("systemd", OCIRT_HAS_SYSTEMD != 0);
  json.member("systemdUser", OCIRT_HAS_SYSTEMD != 0);
  json.member("rdma", true);
  json.end_object();
}

void write_seccomp(JsonWriter& json) {
  json.key("seccomp");
  json.begin_object();
  json.member("enabled", true);
  write_list(json, "actions", kSeccompActions);
  write_list(json, "operators", kSeccompOperators);
  write_list(json, "archs", kSeccompArchitectures);
  write_list(json, "knownFlags", kSeccompFlags);
  write_list(json, "supportedFlags", kSeccompFlags);
  json.end_object();
}

void write_memory_policy(JsonWriter& json) {
  json.key("memoryPolicy");
  json.begin_object();
  write_list(json, "modes", plan::kMemoryPolicyModes);
  write_list(json, "flags", plan::kMemoryPolicyFlags);
  json.end_object();
}

void write_intel_rdt(JsonWriter& json) {
  json.key("intelRdt");
  json.begin_object();
  json.member("enabled", true);
  json.member("schemata", true);
  json.member("monitoring", true);
  json.end_object();
}

void write_linux(JsonWriter& json) {
  json.key("linux");
  json.begin_object();
  write_list(json, "namespaces", plan::kNamespaceTypes);
  write_list(json, "capabilities", plan::kCapabilities);
  write_cgroup(json);
  write_seccomp(json);
  write_enabled(json, "apparmor", true);
  write_enabled(json, "selinux", true);
  write_intel_rdt(json);
  write_memory_policy(json);
  write_enabled(json, "netDevices", true);
  json.key("mountExtensions");
  json.begin_object();
  write_enabled(json, "idmap", true);
  json.end_object();
  json.end_object();
}

Result<int> features(const Globals&, const ParsedLine&) {
  JsonWriter json("    ");
  json.begin_object();
  json.member("ociVersionMin", std::string_view("1.0.0"));
  json.member("ociVersionMax", kSpecVersion);
  write_list(json, "hooks", kHooks);
  json.key("mountOptions");
  json.begin_array();
  for (const std::string& name : plan::mount_option_names()) json.value(std::string_view(name));
  json.end_array();
  write_linux(json);
  json.key("annotations");
  json.begin_object();
  json.member("org.ocirt.version", std::string_view(OCIRT_VERSION));
  json.member("org.ocirt.commit", std::string_view(OCIRT_COMMIT));
  json.end_object();
  write_list(json, "potentiallyUnsafeConfigAnnotations", kUnsafeAnnotations);
  json.end_object();
  TRY(print(std::move(json).take() + "\n"));
  return 0;
}

}  // namespace

const Verb kFeatures = {.name = "features",
                        .words = "",
                        .help = "show what this program can do, as JSON",
                        .options = {},
                        .fewest_words = 0,
                        .most_words = 0,
                        .run = features};

}  // namespace ocirt::commands
