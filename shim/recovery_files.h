// The files of a recovery directory: what they are called, and who may have made them.
#pragma once

#include <string>

#include "base/result.h"
#include "base/unique_fd.h"

namespace ocirt::shim {

/// On which the payload's pidfd is mounted.
std::string payload_file(const std::string& name);
/// A note that has no content yet.
std::string unfinished_file(const std::string& name);
/// Is `file` an unfinished note? Then of whom; else empty.
std::string name_of_unfinished(const std::string& file);
bool is_payload_file(const std::string& file);

/// Errors: InvalidConfig for a name that could be mistaken for another file.
Result<> check_entry_name(const std::string& name);

/// Opens the directory, and makes it if `may_make`. What is in it is carried out with our rights.
/// Errors: Denied where somebody else could have put it there.
Result<UniqueFd> open_recovery_dir(const std::string& path, bool may_make);

/// The lock of a file of ours whose maker has died; nothing where it lives, or has just removed the
/// file. Errors: System with ENOENT where there is none.
Result<UniqueFd> lock_of_the_dead(int directory, const std::string& name);

/// The note, the mount and its file; what is missing is as wanted.
void remove_entry(int directory, const std::string& name);

/// Changes with each start of the machine.
Result<std::string> own_boot_id();

}  // namespace ocirt::shim
