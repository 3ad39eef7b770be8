// The names of the steps of a container's life. One enum for errors, logs, traces and the bench.
#include "base/stage.h"

namespace ocirt {

std::string_view name_of(Stage stage) {
  switch (stage) {
    case Stage::Read:
      return "Read";
    case Stage::Validate:
      return "Validate";
    case Stage::Decide:
      return "Decide";
    case Stage::Reserve:
      return "Reserve";
    case Stage::Acquire:
      return "Acquire";
    case Stage::Spawn:
      return "Spawn";
    case Stage::MapIds:
      return "MapIds";
    case Stage::Cgroup:
      return "Cgroup";
    case Stage::Join:
      return "Join";
    case Stage::Network:
      return "Network";
    case Stage::Rootfs:
      return "Rootfs";
    case Stage::RuntimeHooks:
      return "RuntimeHooks";
    case Stage::ContainerHooks:
      return "ContainerHooks";
    case Stage::Pivot:
      return "Pivot";
    case Stage::Lock:
      return "Lock";
    case Stage::Terminal:
      return "Terminal";
    case Stage::Identity:
      return "Identity";
    case Stage::Filter:
      return "Filter";
    case Stage::Executable:
      return "Executable";
    case Stage::Ready:
      return "Ready";
    case Stage::Gate:
      return "Gate";
    case Stage::StartHooks:
      return "StartHooks";
    case Stage::Exec:
      return "Exec";
    case Stage::PostStart:
      return "PostStart";
    case Stage::Signal:
      return "Signal";
    case Stage::Remove:
      return "Remove";
    case Stage::PostStop:
      return "PostStop";
  }
  return "Unknown";
}

}  // namespace ocirt
