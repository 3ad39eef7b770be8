// Locks the process that reads hostile bytes into one directory. Runs in: unpacker.
#pragma once

#include "base/result.h"

namespace ocirt::unpack {

/// Makes the directory the root of this process, with nothing else mounted in its mount namespace
/// (which must be its own), on a mount without devices, set-id programs and programs at all.
Result<> enter_directory(int directory);

/// Takes what is left: all capabilities but those for owners and modes of files, the right to gain
/// any, and all system calls that reading, hashing and writing files don't need. No sockets, no
/// processes. Of all threads.
Result<> drop_everything();

}  // namespace ocirt::unpack
