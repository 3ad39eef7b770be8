// The record of a container: what doesn't change from its creation on, but by rename and update.
//
//   ROOT/containers/ID/         0700; flock(2) of whoever changes it. ROOT is the store's root
//     container.json            the Record
//     config.json               the bundle's config, as `ocirt create` reads it
//     upper/ work/              the container's own changes: overlayfs' upper layer
//     rootfs/                   empty: where the runtime mounts the overlay, in the container alone
//     hosts resolv.conf hostname secrets
//     log                       if the log driver writes a file
//     exit exit.json oom        how it ended last: frontend/containers/exit_record.h
//   ROOT/container-names/NAME   a symbolic link to the ID: taken by symlink(2), so never twice
//   ROOT/volumes/NAME/          volume.json, data/
//   RUN/ID/                     gone with a reboot; RUN is /run/ocictl or $XDG_RUNTIME_DIR/ocictl
//     config.json               a link to the one above: what the runtime takes for the bundle
//     pidfile conmon.pid attach ctl winsz
//     exec/SESSION/             the same of a program that `exec` runs
//   RUN/state/                  the runtime's own
//   RUN/recovery/               what finds the codes of containers whose monitor was killed
//
// What a container is doing now is not written anywhere: frontend/containers/status.h finds it out,
// from the runtime's state, the exit record and the boot.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "frontend/model/request.h"

namespace ocirt::model {

struct Record {
  std::string id;                   // 64 hex digits
  std::string name;                 // "brave_knuth"
  int64_t created_ns = 0;           // since the epoch
  std::string image;                // the image's id; empty with --rootfs
  std::string image_name;           // "docker.io/library/ubuntu:latest", as it was found
  std::string rootfs;               // --rootfs: a directory of the user's
  std::vector<std::string> layers;  // lower directories, the topmost first, absolute
  Request request;

  // What came of request, image config and containers.conf.
  std::vector<std::string> args;         // entrypoint and command
  std::vector<std::string> environment;  // "K=V"
  std::string workdir;
  std::string user;
  int stop_signal = 15;
  unsigned stop_timeout_s = 10;
  std::map<std::string, std::string> labels;  // the image's and the request's
  std::optional<HealthCheck> health;          // the image's, changed by the request's
  std::string log_driver;                     // "k8s-file", ...
  std::string log_path;
  std::string network;  // "none", "host", "container:ID", "pasta", "slirp4netns", "bridge"
  std::vector<PublishedPort> ports;  // with the host's ports that were taken
  // All mounts: of the request, the image and containers.conf, every volume with its name.
  std::vector<RequestedMount> mounts;
  std::vector<std::string> volumes;      // names of volumes that it uses
  std::vector<std::string> own_volumes;  // of these, the anonymous ones, which go with it
  std::string boot_id;                   // of the boot in which it was last started
  unsigned restarts = 0;                 // of --restart, since a person started it
  bool stopped_by_user = false;          // --restart leaves it alone
  friend bool operator==(const Record&, const Record&) = default;
};

/// As JSON, without what is as it was born. Pure; record.cpp has the names, which are those here.
std::string print_record(const Record& record);
/// Errors: InvalidConfig. Members that aren't known are left out.
Result<Record> parse_record(std::string_view text);

}  // namespace ocirt::model
