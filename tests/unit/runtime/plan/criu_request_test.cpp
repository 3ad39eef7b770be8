// What CRIU is asked: the fields of its rpc.proto by their numbers.
#include "runtime/plan/criu_request.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "base/protobuf.h"

namespace ocirt::plan {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// A message as field -> values, numbers in decimal.
using Fields = std::map<uint32_t, std::vector<std::string>>;

Fields read(std::string_view message) {
  Fields fields;
  ProtobufReader reader(message);
  while (const auto field = reader.next()) {
    fields[field->field].push_back(field->bytes.empty() ? std::to_string(field->number)
                                                        : std::string(field->bytes));
  }
  EXPECT_FALSE(reader.damaged());
  return fields;
}

Fields options_of(const CriuRequest& request) {
  return read(read(encode(request))[2].at(0));
}

TEST(CriuRequest, ADumpNamesTheProcessAndLeavesOutWhatIsNotAsked) {
  CriuRequest request{.action = CriuAction::Dump, .images_fd = 4, .work_fd = 5, .pid = 4711};
  request.log_file = "dump.log";
  EXPECT_THAT(read(encode(request))[1], ElementsAre("1"));
  Fields options = options_of(request);
  EXPECT_THAT(options[1], ElementsAre("4"));
  EXPECT_THAT(options[2], ElementsAre("4711"));
  EXPECT_THAT(options[10], ElementsAre("dump.log"));
  EXPECT_THAT(options[17], ElementsAre("5"));
  EXPECT_THAT(options[34], ElementsAre("3"));  // soft
  for (const uint32_t absent : {3U, 4U, 5U, 7U, 8U, 14U, 15U, 26U, 38U, 44U, 51U, 52U, 64U}) {
    EXPECT_THAT(options[absent], IsEmpty()) << absent;
  }
}

TEST(CriuRequest, EveryOptionHasItsField) {
  CriuRequest request{.action = CriuAction::PreDump};
  request.options = {.leave_running = true,
                     .pre_dump = true,
                     .tcp_established = true,
                     .tcp_close = true,
                     .tcp_skip_in_flight = true,
                     .external_unix_sockets = true,
                     .shell_job = true,
                     .file_locks = true,
                     .link_remap = true,
                     .auto_dedup = true,
                     .empty_network = true,
                     .cgroup_mode = CriuCgroupMode::Strict,
                     .network_lock = CriuNetworkLock::Nftables,
                     .parent_images = "../before",
                     .lsm_profile = "apparmor:x",
                     .lsm_mount_context = "context",
                     .page_server_address = "::1",
                     .page_server_port = 80};
  EXPECT_THAT(read(encode(request))[1], ElementsAre("4"));
  Fields options = options_of(request);
  for (const uint32_t flag : {3U, 4U, 5U, 7U, 8U, 15U, 16U, 18U, 46U, 52U}) {
    EXPECT_THAT(options[flag], ElementsAre("1")) << flag;
  }
  EXPECT_THAT(options[14], ElementsAre("../before"));
  EXPECT_THAT(options[34], ElementsAre("5"));
  EXPECT_THAT(options[38], ElementsAre(std::to_string(0x40000000)));  // CLONE_NEWNET
  EXPECT_THAT(options[53], ElementsAre("apparmor:x"));
  EXPECT_THAT(options[63], ElementsAre("context"));
  EXPECT_THAT(options[64], ElementsAre("2"));
  Fields server = read(options[11].at(0));
  EXPECT_THAT(server[1], ElementsAre("::1"));
  EXPECT_THAT(server[2], ElementsAre("80"));
}

TEST(CriuRequest, ARestoreMapsMountsFdsNamespacesAndCgroups) {
  CriuRequest request{.action = CriuAction::Restore, .root = "/rootfs"};
  request.external_mounts = {{"/data", "/srv"}};
  request.inherited_fds = {{"pipe:[7]", 6}};
  request.joined_namespaces = {{"ipc", "/proc/1/ns/ipc"}};
  request.cgroup_roots = {{"", "/x"}};
  EXPECT_THAT(read(encode(request))[1], ElementsAre("2"));
  Fields options = options_of(request);
  EXPECT_THAT(options[26], ElementsAre("1"));  // our child
  EXPECT_THAT(read(options[23].at(0)), testing::Eq(Fields{{1, {"/data"}}, {2, {"/srv"}}}));
  EXPECT_THAT(read(options[27].at(0)), testing::Eq(Fields{{1, {"pipe:[7]"}}, {2, {"6"}}}));
  EXPECT_THAT(read(options[39].at(0)), testing::Eq(Fields{{1, {"ipc"}}, {2, {"/proc/1/ns/ipc"}}}));
  EXPECT_THAT(read(options[25].at(0))[2], ElementsAre("/x"));
}

TEST(CriuReply, ANotificationHasANameAndAPid) {
  ProtobufWriter notification;
  notification.bytes(1, "setup-namespaces");
  notification.number(2, 4711);
  ProtobufWriter reply;
  reply.number(1, 6);
  reply.number(2, 1);
  reply.bytes(5, notification.text());
  const Result<CriuReply> read = decode_reply(reply.text());
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, (CriuReply{.success = true,
                              .is_notification = true,
                              .notification = "setup-namespaces",
                              .pid = 4711,
                              .errno_value = 0,
                              .message = ""}));
}

TEST(CriuReply, AFailureHasAnErrnoAndPerhapsWords) {
  ProtobufWriter reply;
  reply.number(1, 1);
  reply.number(2, 0);
  reply.number(7, 3);
  reply.bytes(9, "no such process");
  const Result<CriuReply> read = decode_reply(reply.text());
  ASSERT_TRUE(read);
  EXPECT_FALSE(read->success);
  EXPECT_EQ(read->errno_value, 3);
  EXPECT_EQ(read->message, "no such process");
}

TEST(CriuReply, NonsenseIsAnError) {
  EXPECT_FALSE(decode_reply(""));
  EXPECT_FALSE(decode_reply("nonsense"));
}

}  // namespace
}  // namespace ocirt::plan
