// The end of a container whose monitor was killed.
#include "frontend/containers/recovery.h"

#include <time.h>

#include "frontend/containers/exit_record.h"
#include "frontend/containers/status.h"
#include "sys/file.h"
#include "sys/program.h"

namespace ocirt::containers {

bool is_orphan(const Roots& roots, const model::Record& record) {
  if (!sys::exists((roots.recovery() + '/' + record.id).c_str())) return false;
  return !read_exit_record(roots.container(record.id)) && !find_monitor(roots, record.id);
}

void recover_ends(const Engine& engine, const model::Record& record, int64_t patience_ms) {
  constexpr int64_t kPause_ms = 20;
  constexpr timespec kPause{.tv_sec = 0, .tv_nsec = kPause_ms * 1'000'000};
  constexpr int kMost_ms = 30'000;  // of exit commands, which find nothing to do
  const Roots& roots = engine.store.roots();
  const std::string& shim = engine.runtime.programs().shim;
  for (int64_t waited_ms = 0; is_orphan(roots, record); waited_ms += kPause_ms) {
    // Without its answer the end stays unknown, as it is.
    (void)sys::run_program(
        {.path = shim, .args = {shim, "--recover", roots.recovery()}, .env = own_environment()}, "",
        kMost_ms);
    if (waited_ms >= patience_ms) return;
    (void)::nanosleep(&kPause, nullptr);
  }
}

}  // namespace ocirt::containers
