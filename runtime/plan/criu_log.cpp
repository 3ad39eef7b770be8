// What CRIU's log says about a failure. Pure.
#include "runtime/plan/criu_log.h"

#include <algorithm>
#include <array>

#include "runtime/plan/text.h"

namespace ocirt::plan {

namespace {

/// A line of the log that tells of an error, without time, pid and place in CRIU's source.
struct LoggedError {
  std::string_view text;
  size_t line = 0;  // from 1; 0: none
};

// "(00.012345)  4711: Error (criu/sk-inet.c:200): inet: Connected TCP socket, consider using ..."
std::string_view error_in_line(std::string_view line) {
  const size_t begin = line.find("Error (");
  if (begin == std::string_view::npos) return {};
  const size_t end = line.find("): ", begin);
  return end == std::string_view::npos ? line.substr(begin) : line.substr(end + 3);
}

// What CRIU says of itself at each end, and what it says and then goes on: neither is a cause.
bool is_no_cause(std::string_view text) {
  constexpr std::array<std::string_view, 4> kBeginnings = {
      "Dumping FAILED", "Pre-dumping FAILED", "Restoring FAILED", "rlimit: Can't setup RLIMIT"};
  return std::any_of(kBeginnings.begin(), kBeginnings.end(),
                     [&](std::string_view beginning) { return text.starts_with(beginning); });
}

struct KnownCause {
  std::string_view words;  // in CRIU's text
  std::string_view hint;
};

constexpr std::array<KnownCause, 14> kKnownCauses = {{
    {"Connected TCP socket",
     "the container has open TCP connections: --tcp-established keeps them, if restore gets it "
     "too"},
    {"External socket is used",
     "a unix socket leads out of the container: --ext-unix-sk, at restore as well"},
    {"external unix socket", "a unix socket leads out of the container: --ext-unix-sk"},
    {"ext-unix-sk", "a unix socket leads out of the container: --ext-unix-sk, at restore as well"},
    {"Some file locks are hold", "processes hold file locks: --file-locks, at restore as well"},
    {"file-locks", "processes hold file locks: --file-locks, at restore as well"},
    {"shell-job", "it belongs to a session or terminal outside: --shell-job, at restore as well"},
    {"without peer",
     "a unix socket leads to a process in another network namespace, which CRIU can't follow: have "
     "it closed first"},
    {"path=/dev/pts/",
     "the container has a terminal of its caller's, which CRIU can't find inside: give it one of "
     "its own (process.terminal)"},
    {"Permission denied",
     "CRIU opens files as the container's user, too: it may have to get at --image-path"},
    {"Can't dump a process with", "processes are traced, by a debugger or strace: end that first"},
    {"vdso:", "this CRIU is too old for this kernel: `criu check` says more"},
    {"kerndat", "this CRIU doesn't fit this kernel: `criu check` says more"},
    {"doesn't have a proper root mount",
     "something else than the container's own root is mounted on its \"/\""},
}};

std::string_view hint_for(std::string_view text) {
  for (const KnownCause& cause : kKnownCauses) {
    if (text.find(cause.words) != std::string_view::npos) return cause.hint;
  }
  return {};
}

}  // namespace

Error criu_failure(std::string_view log, std::string_view path, std::string_view otherwise) {
  LoggedError first;
  LoggedError last;
  std::string hint;
  size_t number = 0;
  for (const std::string_view line : split(log, '\n')) {
    ++number;
    const std::string_view text = error_in_line(line);
    if (text.empty() || is_no_cause(text)) continue;
    if (first.line == 0) first = {.text = text, .line = number};
    last = {.text = text, .line = number};
    if (hint.empty()) hint = hint_for(text);
  }
  std::string words = "CRIU: ";
  if (first.line == 0) {
    words.append(otherwise).append(" (").append(path).append(")");
    return make_error(ErrorKind::System, std::move(words));
  }
  words.append(first.text);
  if (last.line != first.line && last.text != first.text)
    words.append("; at last: ").append(last.text);
  words.append(" (").append(path).append(":").append(std::to_string(first.line)).append(")");
  return make_error(ErrorKind::System, std::move(words)).with_hint(std::move(hint));
}

}  // namespace ocirt::plan
