// The cache of the dynamic loader, /etc/ld.so.cache: read with limits, and written anew. Pure.
//
// ldconfig is never run: to run the host's on an image's files is how CVE-2024-0135, -0136, -0137
// and CVE-2025-23267 came about. The format is glibc's sysdeps/generic/dl-cache.h.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace ocirt::nvidia {

/// Which libraries an entry is for: glibc's FLAG_ELF_LIBC6 and its words for machines.
constexpr int32_t kCacheX86_64 = 0x0303;
constexpr int32_t kCacheI386 = 0x0003;
constexpr int32_t kCacheAarch64 = 0x0a03;

/// Those of the machine that this program is built for.
#if defined(__aarch64__)
constexpr int32_t kCacheNative = kCacheAarch64;
#else
constexpr int32_t kCacheNative = kCacheX86_64;
#endif

struct CacheEntry {
  std::string key;    // "libcuda.so.1"
  std::string value;  // "/usr/lib/x86_64-linux-gnu/libcuda.so.1"
  int32_t flags = kCacheNative;
  uint32_t os_version = 0;
  uint64_t hwcap = 0;  // with bit 62: the low half is an index into LoaderCache::hwcaps
  friend bool operator==(const CacheEntry&, const CacheEntry&) = default;
};

struct LoaderCache {
  std::vector<CacheEntry> entries;
  std::vector<std::string> hwcaps;  // names of glibc-hwcaps directories: "x86-64-v3"
  friend bool operator==(const LoaderCache&, const LoaderCache&) = default;
};

/// A larger file is none of a loader's that we know: that of a desktop with 10,000 libraries has 1
/// MiB.
constexpr size_t kLargestLoaderCache = 4 << 20;

/// Reads a cache file in the new format, or in the combined one of glibc before 2.32. The file may
/// be an attacker's. Errors: InvalidConfig, saying what is wrong with it.
Result<LoaderCache> parse_loader_cache(std::string_view file);

/// Puts `ours` in front of what `cache` has for the same names. Nothing of the image's is dropped.
void add_in_front(LoaderCache& cache, std::vector<CacheEntry> ours);

/// The file that the loader and `ldconfig -p` read, sorted as they search.
std::string format_loader_cache(LoaderCache cache);

}  // namespace ocirt::nvidia
