// The program `ocirt-systemd`: makes, changes and stops units of systemd for `ocirt`, by sd-bus.
//
// A program of its own, since ocirt is static and libsystemd is not: who doesn't use systemd's
// cgroups pays nothing for it (docs/decisions/0010). It is started with the address of a bus, and a
// packet socket as its standard input. It connects at once, while ocirt still works; then it takes
// one request and answers it:
//
//   start UNIT PID PROPERTIES...     set UNIT PROPERTIES...     stop UNIT     stop-if-empty UNIT
//   done                             failed STEP NAME MESSAGE
//
// Each is a packet of words (base/words.h); properties are as in busctl(1).
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cstdio>
#include <string>
#include <vector>

#include "base/words.h"
#include "systemd/bus.h"

namespace ocirt::systemd {
namespace {

constexpr int kSocket = STDIN_FILENO;

// Empty: the other end is gone.
std::vector<std::string> receive_request() {
  const ssize_t size = ::recv(kSocket, nullptr, 0, MSG_PEEK | MSG_TRUNC);
  if (size <= 0) return {};
  std::string packet(static_cast<size_t>(size), '\0');
  const ssize_t got = ::recv(kSocket, packet.data(), packet.size(), 0);
  if (got <= 0) return {};
  return split_words(packet);
}

void answer(const Outcome& outcome) {
  std::vector<std::string> words = {"done"};
  if (outcome) words = {"failed", outcome->step, outcome->name, outcome->message};
  const std::string packet = join_words(words);
  (void)::send(kSocket, packet.data(), packet.size(), MSG_NOSIGNAL);  // else nobody is left
}

Outcome carry_out(Bus& bus, const std::vector<std::string>& request) {
  const Words words(request);
  const std::string& verb = request[0];
  if (verb == "start" && request.size() >= 3) {
    // PIDs last: systemd looks at a unit's properties in their order, and may refuse one.
    std::vector<std::string> properties(request.begin() + 3, request.end());
    properties.insert(properties.end(), {"PIDs", "au", "1", request[2]});
    return bus.start_unit(request[1], properties);
  }
  if (verb == "set" && request.size() >= 2) return bus.set_properties(request[1], words.subspan(2));
  if (verb == "stop" && request.size() == 2) return bus.stop_unit(request[1]);
  if (verb == "stop-if-empty" && request.size() == 2) return bus.stop_if_empty(request[1]);
  return BusError{.step = verb, .name = "request", .message = "is no request of this program's"};
}

int run(const std::string& address) {
  // Who asked is gone: then nobody waits for an answer, and what was begun ends by itself, since
  // the unit has no process any more.
  (void)::prctl(PR_SET_PDEATHSIG, SIGKILL);
  Bus bus;
  const Outcome connected = bus.connect(address);
  const std::vector<std::string> request = receive_request();
  if (request.empty()) return 0;
  answer(connected ? connected : carry_out(bus, request));
  return 0;
}

}  // namespace
}  // namespace ocirt::systemd

int main(int argc, char** argv) {
  if (argc != 2) {
    (void)std::fputs("ocirt-systemd: started by ocirt, for cgroups of systemd; not by people\n",
                     stderr);
    return 2;
  }
  const int status = ocirt::systemd::run(argv[1]);
  ::_exit(status);  // nothing is left to be tidied up that the kernel doesn't
}
