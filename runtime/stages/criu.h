// A run of CRIU, as its client. Runs in: the `checkpoint` and `restore` processes (CriuSession),
// the process that becomes CRIU.
//
// CRIU is another program (`criu swrk 3`), which we talk to over a socket: it tells what it is
// about to do and waits for our word, and it answers once at the end.
#pragma once

#include <signal.h>

#include <string>
#include <vector>

#include "base/path.h"
#include "base/result.h"
#include "base/unique_fd.h"
#include "runtime/plan/criu_request.h"
#include "runtime/plan/plan.h"
#include "runtime/stages/rootfs.h"
#include "sys/process.h"

namespace ocirt::stages {

/// CRIU's fds: the directories of CriuFiles, then those of CriuStart::fds.
inline constexpr int kCriuImagesFd = 4;
inline constexpr int kCriuWorkFd = 5;
inline constexpr int kFirstCriuFd = 6;

struct CriuStart {
  std::vector<int> fds;  // borrowed
  /// Restore: the rootfs, which is attached in a mount namespace that ends with CRIU. Borrowed;
  /// null for a dump, where CRIU stays in our namespace.
  const plan::RootfsPlan* root = nullptr;
  RootfsHandles* held = nullptr;
  /// CRIU has our stdin, stdout and stderr: it needs the terminal of a shell's job.
  bool own_stdio = false;
};

/// Where CRIU keeps its files: opened, and made where they are missing.
struct CriuFiles {
  HostPath images_path;
  HostPath work_path;
  UniqueFd images;
  UniqueFd work;  // may be the same directory
  std::string log_name;

  [[nodiscard]] std::string log_path() const { return work_path.text + "/" + log_name; }
};

/// Opens the directories, and makes an empty log that only its owner may read.
/// Errors: NotFound for a directory of images that isn't there, unless `make`.
Result<CriuFiles> open_criu_files(const HostPath& images, const HostPath& work,
                                  const std::string& log_name, bool make);

/// Owns the process and the conversation with it. It is killed when this goes before finish().
class [[nodiscard]] CriuSession {
 public:
  /// Errors: NotFound when CRIU isn't installed.
  static Result<CriuSession> start(const CriuFiles& files, const CriuStart& start);

  CriuSession(CriuSession&& other) noexcept;
  CriuSession& operator=(CriuSession&&) = delete;
  CriuSession(const CriuSession&) = delete;
  CriuSession& operator=(const CriuSession&) = delete;
  ~CriuSession();

  [[nodiscard]] pid_t pid() const { return criu_.pid(); }

  Result<> request(const plan::CriuRequest& request);

  struct Event {
    plan::CriuReply reply;
    UniqueFd fd;  // of the new terminal, with "orphan-pts-master"
  };

  /// The next word of CRIU's, which is never a failure.
  ///
  /// Errors: what the log says when it failed; System when it ended without a word, when a signal
  ///         told us to end, or when nothing has moved for two minutes.
  Result<Event> next();

  /// The answer to a notification.
  Result<> acknowledge(bool success);

  /// Ends the conversation, and waits for the process.
  Result<> finish();

 private:
  CriuSession(const CriuFiles& files, sys::Child criu, UniqueFd output);

  [[nodiscard]] Error failure(std::string_view otherwise) const;
  Result<> wait_for_word();
  [[nodiscard]] uint64_t progress() const;

  const CriuFiles& files_;
  sys::Child criu_;
  UniqueFd socket_;
  UniqueFd output_;   // what it prints before it has a log
  UniqueFd signals_;  // those that would end us
  sigset_t mask_before_{};
  bool owns_mask_ = false;
};

}  // namespace ocirt::stages
