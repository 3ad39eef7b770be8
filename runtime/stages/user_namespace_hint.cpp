// Why the kernel refuses a user namespace, which its errno doesn't tell. Runs in: creator.
#include "runtime/stages/user_namespace_hint.h"

#include <fcntl.h>

#include "sys/file.h"

namespace ocirt::stages {

namespace {

// Whether a file of /proc/sys holds `digit`; false where there is no such file.
bool says(const char* file, char digit) {
  const Result<std::string> text = sys::read_file(AT_FDCWD, file, 64);
  return text && text->size() == 2 && text->front() == digit;
}

}  // namespace

std::string user_namespace_hint() {
  if (says("/proc/sys/user/max_user_namespaces", '0')) {
    return "user namespaces are switched off (user.max_user_namespaces=0): as root, sysctl -w "
           "user.max_user_namespaces=15000";
  }
  if (says("/proc/sys/kernel/unprivileged_userns_clone", '0')) {
    return "user namespaces are root's alone (kernel.unprivileged_userns_clone=0): as root, sysctl "
           "-w kernel.unprivileged_userns_clone=1";
  }
  // Ubuntu 24.04 and later let AppArmor take all rights from a user namespace of a program without
  // a profile.
  if (says("/proc/sys/kernel/apparmor_restrict_unprivileged_userns", '1')) {
    return "AppArmor blocks user namespaces of this program "
           "(kernel.apparmor_restrict_unprivileged_userns=1): load a profile that allows userns "
           "for it, or set that sysctl to 0";
  }
  return {};
}

}  // namespace ocirt::stages
