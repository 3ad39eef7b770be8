// A static program that starts as ocirt does (sys/quick_start.cpp) and looks whether the C library
// is all there. Prints the guards of its stack and its pointers, for a test that compares two runs.
#include <sys/auxv.h>
#include <unistd.h>

#include <cerrno>
#include <clocale>
#include <csetjmp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

namespace {

[[noreturn]] void fail(const char* what) {
  std::printf("not ok: %s\n", what);
  std::fflush(stdout);
  _exit(1);
}
void check(bool holds, const char* what) {
  if (!holds) fail(what);
}

struct Global {
  Global() : text("constructed before main, and too long for the string itself") {}
  ~Global() { std::puts("destroyed after main"); }
  std::string text;
};
Global g_global;
thread_local int t_number = 42;

// Both sides of the threshold above which blocks are copied around the caches, and overlapping.
void check_blocks() {
  for (const size_t size : {1UL, 100UL, 5000UL, 700'000UL, 900'000UL, 9'000'000UL}) {
    std::vector<unsigned char> from(size + 64);
    for (size_t i = 0; i < from.size(); ++i) from[i] = static_cast<unsigned char>(i * 7 + i / 251);
    std::vector<unsigned char> to(size + 64, 0xee);
    std::memcpy(to.data() + 3, from.data() + 1, size);
    for (size_t i = 0; i < size; ++i) check(to[i + 3] == from[i + 1], "memcpy");
    check(to[size + 3] == 0xee && to[2] == 0xee, "the bounds of memcpy");
    const std::vector<unsigned char> before = from;
    std::memmove(from.data() + 17, from.data(), size);
    check(std::memcmp(from.data() + 17, before.data(), size) == 0, "memmove");
    std::memset(to.data(), 0x5a, size);
    check(to[0] == 0x5a && to[size - 1] == 0x5a, "memset");
  }
}

void check_threads() {
  t_number = 1;
  errno = EINTR;
  int seen = 0;
  std::thread other([&] {
    errno = 0;
    (void)::close(-1);
    seen = errno == EBADF ? t_number : -1;
  });
  other.join();
  check(seen == 42, "a thread's own variables");
  check(errno == EINTR && t_number == 1, "the first thread's own variables");
}

std::jmp_buf g_place;

void check_jump() {
  volatile int turns = 0;
  if (setjmp(g_place) == 0) {
    turns = 1;
    std::longjmp(g_place, 1);
  }
  check(turns == 1, "longjmp");
}

uint64_t guard_at_28() {
  uint64_t value = 0;
#if defined(__x86_64__)
  asm("mov %%fs:0x28, %0" : "=r"(value));
#endif
  return value;
}
uint64_t guard_at_30() {
  uint64_t value = 0;
#if defined(__x86_64__)
  asm("mov %%fs:0x30, %0" : "=r"(value));
#endif
  return value;
}

}  // namespace

int main(int argc, char** argv) {
  check(argc == 3 && std::string(argv[1]) == "one" && std::string(argv[2]) == "two", "arguments");
  check(std::string(std::getenv("START_PROBE")) == "set", "environment");
  check(g_global.text.size() > 16, "constructors");
  check(getauxval(AT_PAGESZ) == static_cast<unsigned long>(sysconf(_SC_PAGESIZE)), "auxv");
  check(std::setlocale(LC_ALL, "C") != nullptr && std::toupper('x') == 'X', "locale");
  char number[32];
  std::snprintf(number, sizeof number, "%.3f", 2.5);
  check(std::string(number) == "2.500", "printf");
  check_blocks();
  check_threads();
  check_jump();
  check(std::strstr(g_global.text.c_str(), "before main") != nullptr, "strstr");
  std::printf("guards %llx %llx\n", static_cast<unsigned long long>(guard_at_28()),
              static_cast<unsigned long long>(guard_at_30()));
  std::atexit([] { std::puts("atexit"); });
  return 7;
}
