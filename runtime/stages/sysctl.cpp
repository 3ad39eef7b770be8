// Sets kernel parameters of the container's namespaces. Runs in: init, after pivot.
#include "runtime/stages/sysctl.h"

#include <string>
#include <utility>

#include "sys/proc_dir.h"

namespace ocirt::stages {

Result<> write_sysctls(std::span<const plan::Sysctl> sysctls) {
  if (sysctls.empty()) return {};
  sys::ProcDir proc = TRY(sys::ProcDir::open());
  for (const plan::Sysctl& sysctl : sysctls) {
    Result<> done = proc.write("sys/" + sysctl.path, sysctl.value);
    if (done) continue;
    Error error = std::move(done).error();
    error.text = "sysctl \"" + sysctl.path + "\" = \"" + sysctl.value + "\": " + error.text;
    return error;
  }
  return {};
}

}  // namespace ocirt::stages
