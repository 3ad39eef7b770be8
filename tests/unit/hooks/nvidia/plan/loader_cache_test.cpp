#include "hooks/nvidia/plan/loader_cache.h"

#include <gtest/gtest.h>

#include <cstring>

namespace ocirt::nvidia {
namespace {

CacheEntry entry(std::string key, std::string value) {
  return {.key = std::move(key), .value = std::move(value), .flags = kCacheX86_64};
}

TEST(LoaderCache, WhatIsWrittenReadsBackInTheLoadersOrder) {
  const LoaderCache cache{.entries = {entry("liba.so.2", "/a2"), entry("libb.so.1", "/b"),
                                      entry("liba.so.10", "/a10")}};
  const Result<LoaderCache> back = parse_loader_cache(format_loader_cache(cache));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->entries, (std::vector{entry("libb.so.1", "/b"), entry("liba.so.10", "/a10"),
                                        entry("liba.so.2", "/a2")}));
}

TEST(LoaderCache, OursComeBeforeTheirsOfTheSameName) {
  LoaderCache cache{.entries = {entry("libcuda.so.1", "/theirs"), entry("libm.so.6", "/m")}};
  add_in_front(cache, {entry("libcuda.so.1", "/ours")});
  const Result<LoaderCache> back = parse_loader_cache(format_loader_cache(cache));
  ASSERT_TRUE(back);
  EXPECT_EQ(back->entries, (std::vector{entry("libm.so.6", "/m"), entry("libcuda.so.1", "/ours"),
                                        entry("libcuda.so.1", "/theirs")}));
}

TEST(LoaderCache, HwcapsSurvive) {
  LoaderCache cache{.entries = {entry("libz.so.1", "/v3/libz.so.1")}, .hwcaps = {"x86-64-v3"}};
  cache.entries[0].hwcap = uint64_t{1} << 62;
  EXPECT_EQ(parse_loader_cache(format_loader_cache(cache)).value_or(LoaderCache{}), cache);
}

TEST(LoaderCache, TheCombinedFormatOfOldLoadersIsRead) {
  const LoaderCache cache{.entries = {entry("libm.so.6", "/m")}};
  std::string old("ld.so-1.7.0\0", 12);
  old.append("\1\0\0\0", 4).append(12, '\0').append(4, '\0');  // one entry, then to 8 bytes
  EXPECT_EQ(parse_loader_cache(old + format_loader_cache(cache)).value_or(LoaderCache{}), cache);
}

TEST(LoaderCache, AnyCutIsNoticed) {
  LoaderCache cache{.entries = {entry("libz.so.1", "/v3/libz.so.1")}, .hwcaps = {"x86-64-v3"}};
  cache.entries[0].hwcap = uint64_t{1} << 62;
  const std::string whole = format_loader_cache(cache);
  for (size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(parse_loader_cache(whole.substr(0, size))) << size;
  }
}

TEST(LoaderCache, OneStringSharedByAllIsNotMultipliedInMemory) {
  std::string file = format_loader_cache({.entries = std::vector<CacheEntry>(65000)});
  const auto text = static_cast<uint32_t>(file.size());
  file += std::string(4000, 'x') + '\0';
  for (size_t i = 0; i < 65000; ++i) std::memcpy(file.data() + 48 + i * 24 + 4, &text, 4);
  ASSERT_FALSE(parse_loader_cache(file));
  EXPECT_EQ(parse_loader_cache(file).error().text, "its names are too long together");
}

}  // namespace
}  // namespace ocirt::nvidia
