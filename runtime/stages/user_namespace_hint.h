// Why the kernel refuses a user namespace, which its errno doesn't tell. Runs in: creator.
#pragma once

#include <string>

namespace ocirt::stages {

/// What forbids user namespaces on this host, and the cure; empty where nothing that we know of.
std::string user_namespace_hint();

}  // namespace ocirt::stages
