// Loads libcurl by name.
#include "frontend/registry/curl_library.h"

#include <dlfcn.h>
#include <fmt/core.h>
#include <unistd.h>

#include <cstdio>
#include <type_traits>

namespace ocirt::registry {

namespace {

constexpr const char* kName = "libcurl.so.4";
constexpr int kExitStatus = 125;  // the front end's own failure, as podman's

[[noreturn]] void end_without_curl() {
  const char* words = dlerror();
  fmt::print(stderr, "ocictl: {}; install libcurl (Debian: apt-get install libcurl4)\n",
             words == nullptr ? kName : words);
  _exit(kExitStatus);
}

CurlLibrary load() {
  void* const library = dlopen(kName, RTLD_NOW | RTLD_LOCAL);
  if (library == nullptr) end_without_curl();
  CurlLibrary result{};
  const auto find = [&](auto& function, const char* name) {
    void* const address = dlsym(library, name);
    if (address == nullptr) end_without_curl();
    function = reinterpret_cast<std::remove_reference_t<decltype(function)>>(address);
  };
  find(result.global_init, "curl_global_init");
  find(result.global_cleanup, "curl_global_cleanup");
  find(result.free, "curl_free");
  find(result.slist_append, "curl_slist_append");
  find(result.slist_free_all, "curl_slist_free_all");
  find(result.easy_init, "curl_easy_init");
  find(result.easy_cleanup, "curl_easy_cleanup");
  find(result.easy_setopt, "curl_easy_setopt");
  find(result.easy_getinfo, "curl_easy_getinfo");
  find(result.easy_pause, "curl_easy_pause");
  find(result.easy_escape, "curl_easy_escape");
  find(result.easy_strerror, "curl_easy_strerror");
  find(result.multi_init, "curl_multi_init");
  find(result.multi_cleanup, "curl_multi_cleanup");
  find(result.multi_setopt, "curl_multi_setopt");
  find(result.multi_add_handle, "curl_multi_add_handle");
  find(result.multi_remove_handle, "curl_multi_remove_handle");
  find(result.multi_perform, "curl_multi_perform");
  find(result.multi_poll, "curl_multi_poll");
  find(result.multi_info_read, "curl_multi_info_read");
  find(result.multi_strerror, "curl_multi_strerror");
  find(result.url, "curl_url");
  find(result.url_cleanup, "curl_url_cleanup");
  find(result.url_get, "curl_url_get");
  find(result.url_set, "curl_url_set");
  return result;
}

}  // namespace

const CurlLibrary& curl() {
  static const CurlLibrary library = load();
  return library;
}

}  // namespace ocirt::registry
