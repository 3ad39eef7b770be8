// Turns a seccomp profile into a BPF program, through libseccomp. Runs in: creator.
#pragma once

#include <linux/filter.h>

#include <vector>

#include "base/result.h"
#include "spec/config.h"

namespace ocirt::stages {

/// The program for `profile`; nothing is cached.
///
/// A system call whose name libseccomp doesn't know is skipped: profiles are written for newer and
/// for other machines too. Numbers above all that the profile knows get ENOSYS where the default
/// is an error, so that programs fall back from calls that the profile's author never heard of
/// instead of failing with EPERM.
///
/// Errors: InvalidConfig for words that the spec doesn't have, Unsupported for what libseccomp or
///         the kernel can't do.
Result<std::vector<sock_filter>> compile_profile(const spec::Seccomp& profile);

}  // namespace ocirt::stages
