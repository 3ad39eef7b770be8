// The process that becomes CRIU. Runs in: that process.
#include "runtime/stages/criu_main.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <numeric>
#include <string>
#include <tuple>
#include <vector>

#include "runtime/stages/identity.h"
#include "runtime/stages/protocol.h"
#include "runtime/stages/rootfs_builder.h"
#include "runtime/stages/steps.h"
#include "sys/file.h"
#include "sys/socket.h"

namespace ocirt::stages {

namespace {

// Beyond the places that CRIU's fds take.
constexpr int kOutOfTheWay = 64;

/// What CRIU is given, besides what `start` names.
struct OwnFds {
  UniqueFd null;
  UniqueFd socket;
  UniqueFd images;
  UniqueFd work;
};

// CRIU opens its directories, and works in one, by the fds of the process that made the socket: so
// it is made here. And they are opened here, where CRIU's mount namespace may be another than the
// creator's: it could mount nothing in a directory of that one.
Result<OwnFds> open_own_fds(const CriuFiles& files, const Channel& creator) {
  OwnFds own;
  own.null = TRY(sys::open_at(AT_FDCWD, "/dev/null", O_RDWR));
  constexpr int kDirectory = O_RDONLY | O_DIRECTORY;
  own.images = TRY(sys::open_at(AT_FDCWD, files.images_path.text.c_str(), kDirectory));
  own.work = TRY(sys::open_at(AT_FDCWD, files.work_path.text.c_str(), kDirectory));
  UniqueFd creators;
  std::tie(own.socket, creators) = TRY(sys::packet_pair());
  TRY(creator.send(MessageType::Ready, 0, creators.get()));
  return own;
}

// Each in its place. First copies beyond all places, so that none is overwritten that is still to
// be copied.
Result<> arrange_fds(const CriuArguments& arguments, const OwnFds& own) {
  std::vector<int> wanted = {own.null.get(),   arguments.output, arguments.output,
                             own.socket.get(), own.images.get(), own.work.get()};
  if (arguments.start.own_stdio) std::iota(wanted.begin(), wanted.begin() + 3, 0);
  wanted.insert(wanted.end(), arguments.start.fds.begin(), arguments.start.fds.end());
  for (int& fd : wanted) {
    fd = ::fcntl(fd, F_DUPFD_CLOEXEC, kOutOfTheWay);
    if (fd < 0) return last_error("arrange fds for CRIU");
  }
  for (size_t i = 0; i < wanted.size(); ++i) {
    if (::dup2(wanted[i], static_cast<int>(i)) < 0) return last_error("arrange fds for CRIU");
  }
  return {};
}

Error execute_criu(const CriuArguments& arguments) {
  std::vector<char*> environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    environment.push_back(*variable);
  }
  std::string path = arguments.path_variable;
  if (!path.empty()) environment.push_back(path.data());
  environment.push_back(nullptr);
  std::string name = "criu";
  std::string verb = "swrk";
  std::string socket = "3";
  std::vector<char*> argv = {name.data(), verb.data(), socket.data(), nullptr};
  ::execve(arguments.program.c_str(), argv.data(), environment.data());
  return last_error("execute \"" + arguments.program + '"');
}

}  // namespace

void criu_main(void* argument) noexcept {
  CriuArguments& arguments = *static_cast<CriuArguments*>(argument);
  arguments.creator_end.reset();
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);  // nobody else would end it
  reset_signals();
  const UniqueFd channel(::fcntl(arguments.child_end.get(), F_DUPFD_CLOEXEC, kOutOfTheWay));
  arguments.child_end.reset();
  const Steps step{Channel(channel.get())};
  if (arguments.start.root != nullptr) {
    step(Stage::Rootfs,
         [&] { return attach_rootfs(*arguments.start.root, *arguments.start.held); });
  } else {
    (void)::umask(077);  // images hold all that was in the container's memory
  }
  OwnFds own;
  step(Stage::Exec, [&]() -> Result<> {
    own = TRY(open_own_fds(arguments.files, Channel(channel.get())));
    return arrange_fds(arguments, own);
  });
  step(Stage::Exec, [&]() -> Result<> { return execute_criu(arguments); });
  _exit(127);  // not reached: execute_criu() returns only with an error
}

}  // namespace ocirt::stages
