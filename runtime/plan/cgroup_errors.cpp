// Says why a limit can't be set, and who can change that. Pure.
#include <algorithm>

#include "runtime/plan/cgroup_limits.h"
#include "runtime/plan/diagnose.h"

namespace ocirt::plan {

namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : " ") + word;
  return text.empty() ? "none" : text;
}

bool contains(const std::vector<std::string>& words, std::string_view word) {
  return std::find(words.begin(), words.end(), word) != words.end();
}

constexpr std::string_view kScopeHint =
    "start it with `systemd-run --user --scope`, which makes a cgroup of your own, or leave the "
    "limit out";

Error with_words(ErrorKind kind, std::string_view asked, std::string problem) {
  return make_error(kind, std::string(asked) + ": " + std::move(problem));
}

// The root of the tree has the controller, but one of the levels down to us doesn't get it.
Error not_delegated(const CgroupView& view, std::string_view controller, std::string_view asked) {
  const std::vector<CgroupLevel>& levels = view.facts.v2_levels;
  const auto stop = std::find_if(levels.begin(), levels.end(), [&](const CgroupLevel& level) {
    return !contains(level.controllers, controller);
  });
  std::string text = "the " + std::string(controller) + " controller is not delegated to you";
  if (!levels.empty()) text += " (available here: " + joined(levels.back().controllers);
  if (stop != levels.end()) text += "; stopped at " + stop->path;
  if (!levels.empty()) text += ")";
  return with_words(ErrorKind::Denied, asked, text)
      .with_hint(delegation_cure() + ", or leave the limit out");
}

}  // namespace

Error controller_error(const CgroupView& view, std::string_view controller,
                       std::string_view asked) {
  const CgroupFacts& facts = view.facts;
  const std::string name(controller);
  if (view.disabled) {
    return with_words(ErrorKind::Unsupported, asked,
                      "can't be set, since cgroups are switched off by --cgroup-manager disabled");
  }
  if (facts.layout == CgroupLayout::None) {
    return with_words(ErrorKind::Unsupported, asked,
                      "can't be set, since no cgroup file system is mounted")
        .with_hint("mount -t cgroup2 none /sys/fs/cgroup");
  }
  bool known_to_v1 = false;
  for (const CgroupHierarchy& hierarchy : facts.v1) {
    known_to_v1 = known_to_v1 || contains(hierarchy.controllers, controller);
  }
  if (!view.privileged && known_to_v1) {
    return with_words(ErrorKind::Denied, asked,
                      "the " + name +
                          " controller is one of cgroup v1 here, which can't be handed "
                          "to users safely")
        .with_hint(
            "the administrator can switch to cgroup v2: boot with "
            "systemd.unified_cgroup_hierarchy=1");
  }
  const bool root_has_it =
      !facts.v2_levels.empty() && contains(facts.v2_levels.front().controllers, controller);
  if (!view.privileged && root_has_it) {
    if (contains(facts.v2_levels.back().controllers, controller)) {
      return with_words(ErrorKind::Denied, asked,
                        "the cgroup " + facts.v2_levels.back().path + " is not yours to divide")
          .with_hint(std::string(kScopeHint));
    }
    return not_delegated(view, controller, asked);
  }
  std::vector<std::string> present;
  for (const CgroupHierarchy& hierarchy : facts.v1) {
    present.insert(present.end(), hierarchy.controllers.begin(), hierarchy.controllers.end());
  }
  if (!facts.v2_levels.empty()) {
    const std::vector<std::string>& v2 = facts.v2_levels.front().controllers;
    present.insert(present.end(), v2.begin(), v2.end());
  }
  return with_words(ErrorKind::Unsupported, asked,
                    "this host has no " + name + " controller (it has: " + joined(present) + ")");
}

}  // namespace ocirt::plan
