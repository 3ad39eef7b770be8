// What a verb prints: data on stdout, and nothing else there.
#include "runtime/commands/output.h"

#include <unistd.h>

#include "sys/file.h"

namespace ocirt::commands {

Result<> print(std::string_view text) {
  Result<> written = sys::write_all(STDOUT_FILENO, text);
  if (!written) written.error().text = "write to stdout";
  return written;
}

}  // namespace ocirt::commands
