// The command line is understood as conmon understands it.
#include "shim/model/options.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <string_view>
#include <vector>

#include "shim/model/log_target.h"
#include "shim/model/runtime_line.h"

namespace ocirt::shim {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

Result<Options> parse(const std::vector<std::string_view>& words) {
  return parse_options(words);
}

TEST(Options, TakesValuesInAllForms) {
  const Result<Options> options =
      parse({"--cid", "a", "--name=b", "-u", "c", "-ti", "--timeout=5", "-l", "/log"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->cid, "a");
  EXPECT_EQ(options->name, "b");
  EXPECT_EQ(options->cuuid, "c");
  EXPECT_TRUE(options->terminal);
  EXPECT_TRUE(options->stdin_pipe);
  EXPECT_EQ(options->timeout_s, 5);
}

TEST(Options, ApiVersionIsAFlagAndItsNumberAStrayWord) {
  const Result<Options> options = parse({"--api-version", "1", "-c", "x"});
  ASSERT_TRUE(options);
  EXPECT_EQ(options->api_version, 1);
  EXPECT_EQ(options->cid, "x");
}

TEST(Options, AValueMayBeEmptyOrBeginWithADash) {
  const Result<Options> options = parse({"--exit-command-arg", "", "--exit-command-arg", "--root",
                                         "--runtime-arg", "--log", "--runtime-arg=--x=y"});
  ASSERT_TRUE(options);
  EXPECT_THAT(options->exit_command_args, ElementsAre("", "--root"));
  EXPECT_THAT(options->runtime_args, ElementsAre("--log", "--x=y"));
}

TEST(Options, TwoDashesEndThem) {
  const Result<Options> options = parse({"-c", "x", "--", "--nonsense"});
  EXPECT_TRUE(options);
}

TEST(Options, RefusesWhatItDoesNotKnow) {
  EXPECT_THAT(parse({"--nonsense"}).error().text, HasSubstr("unknown option --nonsense"));
  EXPECT_THAT(parse({"-x"}).error().text, HasSubstr("unknown option -x"));
  EXPECT_THAT(parse({"--cid"}).error().text, HasSubstr("missing argument"));
  EXPECT_THAT(parse({"--timeout", "soon"}).error().text, HasSubstr("no number"));
  EXPECT_THAT(parse({"--log-level", "loud"}).error().text, HasSubstr("log level"));
}

TEST(Options, LogsAreBoundedUnlessTheEngineSaysOtherwise) {
  EXPECT_EQ(parse({})->log_limits, (LogLimits{.file_size = 256 << 20, .kept_files = 1}));
  EXPECT_EQ(parse({"--log-size-max", "-1"})->log_limits, LogLimits{});
  EXPECT_EQ(parse({"--log-size-max", "500"})->log_limits, (LogLimits{.file_size = 500}));
  EXPECT_EQ(parse({"--log-size-max=500", "--log-rotate", "--log-max-files=3"})->log_limits,
            (LogLimits{.file_size = 500, .kept_files = 3}));
}

std::string complaint(const Options& options) {
  const Result<> checked = check_options(options);
  return checked ? "" : checked.error().text;
}

TEST(Options, ChecksWhatMustBeThere) {
  Options options;
  EXPECT_THAT(complaint(options), HasSubstr("--cid"));
  options.cid = "container";
  EXPECT_THAT(complaint(options), HasSubstr("--cuuid"));
  options.cuuid = "u";
  EXPECT_THAT(complaint(options), HasSubstr("--runtime"));
  options.runtime = "/bin/true";
  EXPECT_THAT(complaint(options), HasSubstr("--log-path"));
  options.logs.emplace_back();
  EXPECT_EQ(complaint(options), "");
  options.exec = true;
  EXPECT_THAT(complaint(options), HasSubstr("--exec-process-spec"));
  options.exec_process_spec = "/spec";
  EXPECT_EQ(complaint(options), "");
  options.exec_attach = true;
  EXPECT_THAT(complaint(options), HasSubstr("--api-version"));
  options.cid = "../up";
  EXPECT_THAT(complaint(options), HasSubstr("\"/\""));
}

TEST(LogTarget, HasConmonsForms) {
  const LogTarget file{.driver = LogDriver::KubernetesFile, .path = "/a:b"};
  EXPECT_EQ(*parse_log_target("k8s-file:/a:b"), file);
  EXPECT_EQ(*parse_log_target(":/a:b"), file);
  EXPECT_EQ(parse_log_target("/plain")->path, "/plain");
  EXPECT_EQ(parse_log_target("json-file:/x")->driver, LogDriver::JsonFile);
  EXPECT_EQ(parse_log_target("journald")->driver, LogDriver::Journald);
  EXPECT_EQ(parse_log_target("journald:")->driver, LogDriver::Journald);
  EXPECT_EQ(parse_log_target("passthrough-tty")->driver, LogDriver::Passthrough);
  for (const char* nowhere : {"none", "off", "null"}) {
    EXPECT_EQ(*parse_log_target(nowhere), LogTarget{});
  }
  EXPECT_FALSE(parse_log_target("syslog:x"));
  EXPECT_FALSE(parse_log_target("k8s-file"));
  EXPECT_FALSE(parse_log_target(""));
}

TEST(LogTarget, LiesInAnAllowedDirectory) {
  Options options;
  options.logs = {{.driver = LogDriver::KubernetesFile, .path = "/var/log/pods/x.log"}};
  EXPECT_TRUE(check_log_places(options));
  options.log_allowlist = {"/tmp", "/var/log/pods/"};
  EXPECT_TRUE(check_log_places(options));
  options.log_allowlist = {"/var/log/po"};
  EXPECT_FALSE(check_log_places(options));
  options.log_allowlist = {"/var/log"};
  options.logs[0].path = "/var/log/../lib/x";
  EXPECT_FALSE(check_log_places(options));
}

TEST(RuntimeLine, IsConmons) {
  Options options{.cid = "id", .runtime = "/rt", .bundle = "/b", .container_pidfile = "/p"};
  options.runtime_args = {"--log", "/l"};
  options.runtime_opts = {"--preserve-fds", "2"};
  options.systemd_cgroup = true;
  options.no_pivot = true;
  EXPECT_THAT(runtime_line(options, "/console"),
              ElementsAre("/rt", "--systemd-cgroup", "--log", "/l", "create", "--bundle", "/b",
                          "--pid-file", "/p", "--no-pivot", "--preserve-fds", "2",
                          "--console-socket", "/console", "id"));
  options.restore = "/image";
  options.runtime_opts.clear();
  EXPECT_THAT(runtime_line(options, ""),
              ElementsAre("/rt", "--systemd-cgroup", "--log", "/l", "restore", "--bundle", "/b",
                          "--pid-file", "/p", "--no-pivot", "--detach", "--image-path", "/image",
                          "--work-path", "/b", "id"));
  options.restore.clear();
  options.exec = true;
  options.exec_process_spec = "/spec";
  options.terminal = true;
  EXPECT_THAT(runtime_line(options, ""),
              ElementsAre("/rt", "--log", "/l", "exec", "--pid-file", "/p", "--process", "/spec",
                          "--detach", "--tty", "id"));
}

}  // namespace
}  // namespace ocirt::shim
