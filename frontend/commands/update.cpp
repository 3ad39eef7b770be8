// ocictl update: other limits for a container, at once and for its later starts.
#include <fcntl.h>
#include <fmt/core.h>
#include <unistd.h>

#include "base/unique_fd.h"
#include "frontend/bundle/host_devices.h"
#include "frontend/bundle/resources.h"
#include "frontend/commands/containers.h"
#include "frontend/commands/run_options.h"
#include "frontend/commands/verbs.h"
#include "sys/file.h"

namespace ocirt::frontend {

namespace {

template <typename Value>
void replace(std::optional<Value>& old, const std::optional<Value>& asked) {
  if (asked) old = asked;
}

template <typename Container>
void replace_any(Container& old, const Container& asked) {
  if (!asked.empty()) old = asked;
}

// What isn't asked for stays. --cpus and a quota are two ways to say the same: the new one counts.
void merge(model::RequestedResources& old, const model::RequestedResources& asked) {
  if (asked.cpus) {
    old.cpu_period.reset();
    old.cpu_quota.reset();
  }
  if (asked.cpu_period || asked.cpu_quota) old.cpus.reset();
  replace(old.memory, asked.memory);
  replace(old.memory_swap, asked.memory_swap);
  replace(old.memory_reservation, asked.memory_reservation);
  replace(old.cpus, asked.cpus);
  replace(old.cpu_shares, asked.cpu_shares);
  replace(old.cpu_period, asked.cpu_period);
  replace(old.cpu_quota, asked.cpu_quota);
  replace(old.pids, asked.pids);
  replace(old.blkio_weight, asked.blkio_weight);
  replace_any(old.cpuset_cpus, asked.cpuset_cpus);
  replace_any(old.cpuset_mems, asked.cpuset_mems);
  replace_any(old.unified, asked.unified);
  replace_any(old.device_read_bps, asked.device_read_bps);
  replace_any(old.device_write_bps, asked.device_write_bps);
  replace_any(old.device_read_iops, asked.device_read_iops);
  replace_any(old.device_write_iops, asked.device_write_iops);
}

// The runtime reads the limits from a file.
Result<> apply(const containers::Engine& engine, const std::string& id, const std::string& text) {
  constexpr const char* kFile = "resources.json";
  constexpr mode_t kPrivate = 0600;
  const std::string directory = engine.store.roots().run_directory(id);
  const UniqueFd run = TRY(sys::open_at(AT_FDCWD, directory.c_str(), O_RDONLY | O_DIRECTORY));
  TRY(sys::replace_file(run.get(), kFile, text, kPrivate));
  Result<> done = engine.runtime.call({"update", "--resources", directory + '/' + kFile, id});
  (void)::unlinkat(run.get(), kFile, 0);  // gone with the container at the latest
  return done;
}

Result<int> run(Context& context, const Line& line) {
  const model::RequestedResources asked = TRY(parse_resources(line));
  Containers containers = TRY(Containers::open(context));
  const std::string id = TRY(containers.find(line.words()[0])).record.id;
  const UniqueFd lock = TRY(containers.store().lock(id));
  model::Record record = TRY(containers.store().load(id));
  const containers::Engine engine = TRY(containers.engine(record));
  const nlohmann::json limits =
      TRY(bundle::print_limits(asked, TRY(bundle::find_limited_devices(asked))));
  const containers::Status status = TRY(containers.status(record));
  if (status.pid != 0) TRY(apply(engine, id, limits.dump()));
  merge(record.request.resources, asked);
  TRY(engine.store.save(record));
  TRY(print(id + '\n'));
  return 0;
}

}  // namespace

const Verb kUpdate = {.name = "update",
                      .words = "CONTAINER",
                      .help = "change the limits of a container",
                      .options = resource_options(),
                      .fewest_words = 1,
                      .most_words = 1,
                      .run = run};

}  // namespace ocirt::frontend
