// Control lines, packets, reports, states: what passes between the monitor and its engine.
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "shim/model/cgroup_text.h"
#include "shim/model/control.h"
#include "shim/model/machine.h"
#include "shim/model/notify_filter.h"
#include "shim/model/packet_queue.h"
#include "shim/model/reports.h"

namespace ocirt::shim {
namespace {

TEST(Control, UnderstandsResizeAndReopen) {
  EXPECT_EQ(parse_control("1 24 80"),
            (ControlMessage{.kind = ControlMessage::Kind::Resize, .size = {24, 80}}));
  EXPECT_EQ(parse_control("2 0 0"), (ControlMessage{.kind = ControlMessage::Kind::ReopenLogs}));
}

TEST(Control, RefusesAnythingElse) {
  for (const char* line : {"", "1", "1 2", "3 1 1", "1 1001 1", "1 -1 1", "1 2 3 4", "1  2 3",
                           "x 2 3", "1 2 3x", "99999999999 1 1"}) {
    EXPECT_FALSE(parse_control(line)) << line;
  }
  EXPECT_FALSE(parse_window_size("24"));
  EXPECT_EQ(parse_window_size("24 80"), (WindowSize{24, 80}));
}

TEST(LineCutter, JoinsPiecesAndDropsWhatIsTooLong) {
  LineCutter cutter;
  std::vector<std::string> lines;
  const auto keep = [&](std::string_view line) { lines.emplace_back(line); };
  cutter.feed("1 2", keep);
  cutter.feed("4 80\n2 0 ", keep);
  cutter.feed("0\n" + std::string(500, 'x') + "\nlast\n", keep);
  EXPECT_EQ(lines, (std::vector<std::string>{"1 24 80", "2 0 0", "last"}));
}

TEST(PacketQueue, CutsAndKeepsOrder) {
  PacketQueue queue;
  queue.push(Stream::Stdout, std::string(kLongestPacket + 1, 'a'));
  queue.push(Stream::Stderr, "b");
  EXPECT_EQ(queue.front(), "\2" + std::string(kLongestPacket, 'a'));
  queue.pop();
  EXPECT_EQ(queue.front(), "\2a");
  queue.pop();
  EXPECT_EQ(queue.front(), "\3b");
  queue.pop();
  EXPECT_TRUE(queue.is_empty());
  EXPECT_EQ(queue.size(), 0U);
}

TEST(SyncMessage, HasTheNamesOfItsVersion) {
  EXPECT_EQ(sync_message(1, SyncValue::Pid, 7), "{\"data\": 7}\n");
  EXPECT_EQ(sync_message(0, SyncValue::Pid, 7), "{\"pid\": 7}\n");
  EXPECT_EQ(sync_message(0, SyncValue::ExitCode, -1, "a \"b\""),
            "{\"exit_code\": -1, \"message\": \"a \\\"b\\\"\"}\n");
}

TEST(Ending, IsNeverZeroByMistake) {
  EXPECT_EQ(exit_number({.exit_code = 3}), 3);
  EXPECT_EQ(exit_number({.signal = 9}), 137);
  EXPECT_EQ(exit_number({.timed_out = true}), -1);
  EXPECT_EQ(exit_number({.is_known = false}), -1);
  EXPECT_EQ(exit_record({.pid = 5, .signal = 9, .oom_killed = true}),
            R"({"exitCode":137,"known":true,"signal":9,"oomKilled":true,"timedOut":false,"pid":5,)"
            R"("started":"1970-01-01T00:00:00.000000000Z",)"
            R"("finished":"1970-01-01T00:00:00.000000000Z"})"
            "\n");
}

TEST(Machine, GoesOneWay) {
  EXPECT_EQ(next_state(State::Starting, Event::RuntimeSucceeded), State::Created);
  EXPECT_EQ(next_state(State::Created, Event::EngineTold), State::Running);
  EXPECT_EQ(next_state(State::Running, Event::PayloadEnded), State::Draining);
  EXPECT_EQ(next_state(State::Draining, Event::Drained), State::Reported);
  EXPECT_EQ(next_state(State::Starting, Event::RuntimeFailed), State::Reported);
  EXPECT_EQ(next_state(State::Reported, Event::PayloadEnded), std::nullopt);
  EXPECT_EQ(next_state(State::Starting, Event::PayloadEnded), std::nullopt);
}

TEST(NotifyLines, PassOnlyWhatIsTheContainersToSay) {
  EXPECT_EQ(notify_lines("READY=1\nMAINPID=7\nSTATUS=up\nFDSTORE=1\n"), "READY=1\nSTATUS=up");
  EXPECT_EQ(notify_lines("READY=11"), "");
  EXPECT_EQ(notify_lines("WATCHDOG=trigger"), "WATCHDOG=trigger");
  EXPECT_EQ(notify_lines(""), "");
}

TEST(CgroupText, FindsTheMemoryController) {
  EXPECT_EQ(memory_cgroup("12:cpu,memory:/a\n0::/b\n"),
            (MemoryCgroup{.v1_path = "/a", .v2_path = "/b"}));
  EXPECT_EQ(memory_cgroup("1:name=systemd:/memory\n0::/c"), (MemoryCgroup{.v2_path = "/c"}));
  EXPECT_EQ(memory_cgroup(""), MemoryCgroup{});
  EXPECT_EQ(count_of("oom 1\noom_kill 12\n", "oom_kill"), 12U);
  EXPECT_EQ(count_of("oom_kill_disable 1\n", "oom_kill"), 0U);
}

}  // namespace
}  // namespace ocirt::shim
