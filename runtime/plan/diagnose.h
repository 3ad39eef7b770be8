// What `ocirt doctor` tells: what this host can and can't do, and the cure. Pure.
#pragma once

#include <string>
#include <vector>

#include "runtime/plan/host_facts.h"

namespace ocirt::plan {

/// What is asked of a host besides the facts that each container's plan depends on.
struct DoctorFacts {
  std::string kernel;                           // "6.18.44"
  std::vector<std::string> missing_calls;       // system calls
  std::vector<std::string> missing_namespaces;  // "time"
  /// Why the empty shell of a container could not be made; empty: it could.
  std::string trial_failure;
  std::string trial_cure;
  std::string state_root;
  std::string state_root_problem;  // empty: containers can be kept there
  bool seccomp = false;
  bool seccomp_notify = false;
  bool overlay = false;               // file systems of images
  std::string newuidmap;              // path; empty: not installed
  bool newuidmap_privileged = false;  // setuid root, or with the capability
  bool systemd = false;               // runs the host
  std::string user_bus;               // socket of the caller's session bus; empty: none
  std::string criu;                   // path; empty: not installed
  std::string nvidia_driver;          // version; empty: not loaded
  bool nvidia_openable = false;       // its control device
};

enum class Verdict { Yes, Partly, No };

struct Finding {
  std::string topic;  // "cgroups"
  Verdict verdict = Verdict::Yes;
  std::string text;        // what can or can't be done
  std::string cure;        // what to do about it; empty for Yes
  bool essential = false;  // no container runs without it
  friend bool operator==(const Finding&, const Finding&) = default;
};

/// All findings, the essential ones first.
std::vector<Finding> diagnose(const HostFacts& host, const DoctorFacts& facts);

/// Whether a container could run at all.
bool can_run(const std::vector<Finding>& findings);

/// What lets systemd hand controllers to a user's session, as words for the administrator.
std::string delegation_cure();

}  // namespace ocirt::plan
