// Mirrors sys/socket.cpp: what a channel between processes tells when the other end goes.
#include "sys/socket.h"

#include <gtest/gtest.h>

#include <array>
#include <cstddef>
#include <span>
#include <string_view>

namespace ocirt::sys {
namespace {

std::span<const std::byte> bytes_of(std::string_view text) {
  return std::as_bytes(std::span(text));
}

TEST(Socket, LastWordsAreHeardThoughTheOtherEndLeftAMessageUnread) {
  auto pair = packet_pair();
  ASSERT_TRUE(pair);
  auto& [ours, theirs] = *pair;
  ASSERT_TRUE(send_packet(ours.get(), bytes_of("never read")));
  ASSERT_TRUE(send_packet(theirs.get(), bytes_of("last words")));
  theirs.reset();

  std::array<std::byte, 64> buffer{};
  const auto words = receive_packet(ours.get(), buffer);
  ASSERT_TRUE(words) << words.error().message();
  EXPECT_EQ(words->size, std::string_view("last words").size());
  const auto end = receive_packet(ours.get(), buffer);
  ASSERT_TRUE(end) << end.error().message();
  EXPECT_EQ(end->size, 0U);
}

}  // namespace
}  // namespace ocirt::sys
