// A run of CRIU, as its client. Runs in: the `checkpoint` and `restore` processes, and (criu_main)
// the process that becomes CRIU.
#include "runtime/stages/criu.h"

#include <fcntl.h>
#include <fmt/core.h>
#include <poll.h>
#include <sched.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <span>

#include "runtime/plan/criu_log.h"
#include "runtime/stages/criu_main.h"
#include "runtime/stages/gate.h"
#include "runtime/stages/protocol.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

constexpr size_t kLargestLog = 256 << 20;
constexpr int kTick_ms = 1000;
constexpr int kPatience_s = 120;  // without a byte more in the log or the images
constexpr int kEnd_ms = 10'000;   // for CRIU to end when all is said

constexpr const char* kUsualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

// PATH may be unset: engines call us so.
Result<std::string> find_criu() {
  const char* path = ::getenv("PATH");
  const std::string folders = path != nullptr && *path != '\0' ? path : kUsualPath;
  for (size_t begin = 0; begin <= folders.size();) {
    const size_t end = std::min(folders.find(':', begin), folders.size());
    std::string file = folders.substr(begin, end - begin);
    begin = end + 1;
    if (!file.starts_with('/')) continue;
    file += "/criu";
    if (sys::can_execute(file.c_str())) return file;
  }
  return make_error(ErrorKind::Unsupported, "CRIU, which does this, is not installed")
      .with_hint("install the package criu (Debian: apt-get install criu)");
}

sigset_t ending_signals() {
  sigset_t set;
  sigemptyset(&set);
  for (const int signal : {SIGHUP, SIGINT, SIGQUIT, SIGTERM}) sigaddset(&set, signal);
  return set;
}

Result<UniqueFd> open_directory(const HostPath& path, bool make) {
  if (make && ::mkdirat(AT_FDCWD, path.text.c_str(), 0700) < 0 && errno != EEXIST) {
    return last_error(fmt::format("make \"{}\"", path.text));
  }
  return sys::open_at(AT_FDCWD, path.text.c_str(), O_RDONLY | O_DIRECTORY);
}

}  // namespace

Result<CriuFiles> open_criu_files(const HostPath& images, const HostPath& work,
                                  const std::string& log_name, bool make) {
  CriuFiles files{.images_path = images,
                  .work_path = work.text.empty() ? images : work,
                  .images = TRY(open_directory(images, make)),
                  .work = {},
                  .log_name = log_name};
  files.work = TRY(open_directory(files.work_path, /*make=*/true));
  // It tells of the container's memory and files. CRIU keeps the mode of a file that is there.
  const UniqueFd log = TRY(sys::open_at(files.work.get(), log_name.c_str(),
                                        O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW, 0600));
  if (::fchmod(log.get(), 0600) < 0) {
    return last_error(fmt::format("protect \"{}\"", files.log_path()));
  }
  return files;
}

CriuSession::CriuSession(const CriuFiles& files, sys::Child criu, UniqueFd output)
    : files_(files), criu_(std::move(criu)), output_(std::move(output)) {}

CriuSession::CriuSession(CriuSession&& other) noexcept
    : files_(other.files_),
      criu_(std::move(other.criu_)),
      socket_(std::move(other.socket_)),
      output_(std::move(other.output_)),
      signals_(std::move(other.signals_)),
      mask_before_(other.mask_before_),
      owns_mask_(std::exchange(other.owns_mask_, false)) {}

CriuSession::~CriuSession() {
  criu_ = sys::Child();  // killed, if it is still there
  if (owns_mask_) (void)::sigprocmask(SIG_SETMASK, &mask_before_, nullptr);
}

Result<CriuSession> CriuSession::start(const CriuFiles& files, const CriuStart& start) {
  CriuArguments arguments{.program = TRY(find_criu()), .files = files, .start = start};
  std::tie(arguments.creator_end, arguments.child_end) = TRY(sys::packet_pair());
  UniqueFd output = TRY(sys::memory_file("criu", ""));
  arguments.output = output.get();
  if (const char* path = ::getenv("PATH"); path == nullptr || *path == '\0') {
    arguments.path_variable = fmt::format("PATH={}", kUsualPath);
  }

  // Before the clone: from here on a signal ends both of us, one after the other.
  const sigset_t set = ending_signals();
  sigset_t before;
  (void)::sigprocmask(SIG_BLOCK, &set, &before);  // fails for no valid set
  const sys::CloneOptions options{.flags = start.root == nullptr ? 0 : uint64_t{CLONE_NEWNS},
                                  .cgroup_fd = {}};
  Result<sys::Child> child = sys::spawn(options, criu_main, &arguments);
  if (!child) {
    (void)::sigprocmask(SIG_SETMASK, &before, nullptr);
    return std::move(child).error();
  }
  CriuSession session(files, std::move(*child), std::move(output));
  session.mask_before_ = before;
  session.owns_mask_ = true;
  session.signals_.reset(::signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK));
  if (!session.signals_) return last_error("receive signals");
  arguments.child_end.reset();
  session.socket_ =
      std::move(TRY(Channel(arguments.creator_end.get()).expect(MessageType::Ready)).fd);
  TRY(await_exec(arguments.creator_end.get(), {}));
  return session;
}

Result<> CriuSession::request(const plan::CriuRequest& request) {
  const std::string bytes = plan::encode(request);
  Result<> sent = sys::send_packet(socket_.get(), std::as_bytes(std::span(bytes)));
  if (!sent) return failure("it ended before it was asked anything");
  return {};
}

Result<> CriuSession::acknowledge(bool success) {
  const std::string bytes = plan::encode_acknowledgement(success);
  Result<> sent = sys::send_packet(socket_.get(), std::as_bytes(std::span(bytes)));
  if (!sent) return failure("it ended while it waited for an answer");
  return {};
}

uint64_t CriuSession::progress() const {
  uint64_t bytes = 0;
  struct stat status {};
  if (::fstatat(files_.work.get(), files_.log_name.c_str(), &status, 0) == 0) {
    bytes += static_cast<uint64_t>(status.st_size);
    // It goes round in circles, as with images that lack pages.
    if (bytes > kLargestLog) return 0;
  }
  // Pages are written without a word in the log; the directory of the images is full of them.
  const Result<std::string> io =
      sys::read_file(AT_FDCWD, fmt::format("/proc/{}/io", criu_.pid()).c_str(), 4096);
  if (!io) return bytes;
  for (const char* counter : {"rchar: ", "wchar: "}) {
    const size_t at = io->find(counter);
    if (at != std::string::npos) bytes += std::strtoull(io->c_str() + at + 7, nullptr, 10);
  }
  return bytes;
}

Result<> CriuSession::wait_for_word() {
  uint64_t before = progress();
  for (int idle_s = 0; idle_s < kPatience_s; ++idle_s) {
    std::array<pollfd, 2> sources = {{{socket_.get(), POLLIN, 0}, {signals_.get(), POLLIN, 0}}};
    const int ready = ::poll(sources.data(), sources.size(), kTick_ms);
    if (ready < 0 && errno != EINTR) return last_error("wait for CRIU");
    if (sources[1].revents != 0) {
      signalfd_siginfo info{};
      (void)!::read(signals_.get(), &info, sizeof info);
      return make_error(ErrorKind::System, fmt::format("ended by signal {}", info.ssi_signo));
    }
    if (sources[0].revents != 0) return {};
    if (const uint64_t now = progress(); now != before) {
      before = now;
      idle_s = 0;
    }
  }
  return failure(fmt::format("nothing has moved for {} seconds", kPatience_s));
}

Result<CriuSession::Event> CriuSession::next() {
  constexpr size_t kLargestReply = 64 * 1024;
  TRY(wait_for_word());
  std::string buffer(kLargestReply, '\0');
  Result<sys::Packet> packet =
      sys::receive_packet(socket_.get(), std::as_writable_bytes(std::span(buffer)));
  if (!packet || packet->size == 0) return failure("it ended without a word");
  Event event{.reply = TRY(plan::decode_reply(std::string_view(buffer).substr(0, packet->size))),
              .fd = std::move(packet->fd)};
  if (event.reply.success) return event;
  std::string otherwise = event.reply.message;
  if (otherwise.empty() && event.reply.errno_value != 0) {
    otherwise = std::strerror(event.reply.errno_value);
  }
  return failure(otherwise.empty() ? "it failed without a word" : otherwise);
}

Error CriuSession::failure(std::string_view otherwise) const {
  const Result<std::string> log =
      sys::read_file(files_.work.get(), files_.log_name.c_str(), kLargestLog);
  if (log && log->find("Error (") != std::string::npos) {
    return plan::criu_failure(*log, files_.log_path(), otherwise);
  }
  // It may have failed before it opened its log.
  std::array<char, 16 * 1024> printed{};
  const ssize_t size = ::pread(output_.get(), printed.data(), printed.size(), 0);
  return plan::criu_failure({printed.data(), static_cast<size_t>(std::max<ssize_t>(size, 0))},
                            files_.log_path(), otherwise);
}

Result<> CriuSession::finish() {
  (void)::shutdown(socket_.get(), SHUT_WR);  // after a pre-dump it would wait for more
  if (!TRY(criu_.pidfd().wait_for_end(kEnd_ms))) (void)criu_.pidfd().send_signal(SIGKILL);
  TRY(criu_.wait());
  return {};
}

}  // namespace ocirt::stages
