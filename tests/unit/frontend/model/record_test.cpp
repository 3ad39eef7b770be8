// A container's record survives being written and read.
#include "frontend/model/record.h"

#include <gtest/gtest.h>

namespace ocirt::model {
namespace {

Record full_record() {
  Record record;
  record.id = std::string(64, 'a');
  record.name = "brave_knuth";
  record.created_ns = 1'700'000'000'123'456'789;
  record.layers = {"/store/layers/b/tree", "/store/layers/a/tree"};
  record.request.command = {"sh", "-c", "echo \"\x01\""};
  record.request.entrypoint.emplace();
  record.request.http_proxy = false;
  record.request.stop_timeout = 0;
  record.request.health = HealthCheck{.test = {"CMD", "true"}, .interval = 30};
  record.request.mounts = {{.kind = RequestedMount::Kind::Tmpfs, .destination = "/tmp"}};
  record.request.devices = {{.host = "/dev/fuse", .container = "/dev/fuse"}};
  record.request.limits = {{.name = "core", .soft = 0, .hard = -1}};
  record.request.ports = {{.host_port = 8080, .container_port = 80}};
  record.request.resources.cpus = 1.5;
  record.request.resources.memory_swap = -1;
  record.request.namespaces.user = "keep-id";
  record.request.gpus = "";
  record.request.restart = {.name = "on-failure", .most = 3};
  record.request.log_options = {{"max-size", "1m"}};
  record.ports = record.request.ports;
  record.labels = {{"a", ""}};
  record.boot_id = "b";
  record.restarts = 2;
  record.stopped_by_user = true;
  return record;
}

TEST(Record, IsTheSameAfterBeingWrittenAndRead) {
  const Result<Record> read = parse_record(print_record(full_record()));

  ASSERT_TRUE(read) << read.error().message();
  EXPECT_EQ(*read, full_record());
}

TEST(Record, LeavesOutWhatWasNotAskedFor) {
  EXPECT_EQ(print_record(Record{.id = "x"}), "{\"id\":\"x\"}\n");
}

TEST(Record, OfAnotherShapeIsRefused) {
  EXPECT_FALSE(parse_record("[1"));
  EXPECT_FALSE(parse_record("{\"id\": 7}"));
}

}  // namespace
}  // namespace ocirt::model
