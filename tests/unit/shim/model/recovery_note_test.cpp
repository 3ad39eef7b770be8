// The note that a monitor leaves for whoever has to finish its work.
#include "shim/model/recovery_note.h"

#include <gtest/gtest.h>

#include <string>

namespace ocirt::shim {
namespace {

RecoveryNote full_note() {
  return {.pid = 7,
          .start_time = 18'000'000'000'000'000'000U,
          .boot_id = "b-1",
          .started_s = -5,
          .cid = "c",
          .bundle = "/a = b\n",
          .exit_dir = "/exits",
          .persist_dir = "/persist",
          .exit_command = "/bin/sh",
          .exit_command_args = {"-c", "", "x=y\nend="},
          .environment = {"A=1", "B="}};
}

TEST(RecoveryNote, ComesBackAsItWas) {
  const Result<RecoveryNote> read = parse_recovery_note(text_of(full_note()));
  ASSERT_TRUE(read);
  EXPECT_EQ(*read, full_note());
}

TEST(RecoveryNote, IsRefusedWhereverItWasCutOff) {
  const std::string text = text_of(full_note());
  for (size_t length = 0; length < text.size(); ++length) {
    EXPECT_FALSE(parse_recovery_note(text.substr(0, length))) << length;
  }
}

TEST(RecoveryNote, NamesAPayloadThatCanBe) {
  RecoveryNote note = full_note();
  note.cid = "../c";
  EXPECT_FALSE(parse_recovery_note(text_of(note)));
  note = full_note();
  note.pid = -1;
  EXPECT_FALSE(parse_recovery_note(text_of(note)));
  std::string unknown = text_of(full_note());
  unknown.insert(unknown.size() - 5, std::string("new=1") + '\0');
  EXPECT_FALSE(parse_recovery_note(unknown));
}

}  // namespace
}  // namespace ocirt::shim
