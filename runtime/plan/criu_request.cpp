// What CRIU is asked to do, as a value, and the bytes that say so. Pure.
//
// The numbers of the fields are those of CRIU's images/rpc.proto, which never change.
#include "runtime/plan/criu_request.h"

#include <sched.h>

#include "base/protobuf.h"

namespace ocirt::plan {

namespace {

// enum criu_req_type
enum RequestType : int64_t { Dump = 1, Restore = 2, PreDump = 4, Notify = 6 };

int64_t type_of(CriuAction action) {
  switch (action) {
    case CriuAction::Dump:
      return RequestType::Dump;
    case CriuAction::PreDump:
      return RequestType::PreDump;
    case CriuAction::Restore:
      return RequestType::Restore;
  }
  return 0;
}

// What stays out of the message where it isn't asked for: CRIU knows its own defaults.
class Options {
 public:
  void flag(uint32_t field, bool value) {
    if (value) out_.number(field, 1);
  }
  void text(uint32_t field, std::string_view value) {
    if (!value.empty()) out_.bytes(field, value);
  }
  void number(uint32_t field, int64_t value) { out_.number(field, value); }
  // A message of two fields, 1 and 2, or of the second alone.
  void pair(uint32_t field, std::string_view first, std::string_view second) {
    ProtobufWriter message;
    message.bytes(1, first);
    message.bytes(2, second);
    out_.bytes(field, message.text());
  }
  void pair(uint32_t field, std::string_view first, int64_t second) {
    ProtobufWriter message;
    message.bytes(1, first);
    message.number(2, second);
    out_.bytes(field, message.text());
  }
  [[nodiscard]] std::string take() && { return std::move(out_).take(); }

 private:
  ProtobufWriter out_;
};

void add_choices(Options& out, const CriuOptions& options) {
  out.flag(3, options.leave_running);
  out.flag(4, options.external_unix_sockets);
  out.flag(5, options.tcp_established);
  out.flag(7, options.shell_job);
  out.flag(8, options.file_locks);
  if (!options.page_server_address.empty()) {
    out.pair(11, options.page_server_address, options.page_server_port);
  }
  out.text(14, options.parent_images);
  // Without it the next dump could not tell what has changed since this one.
  out.flag(15, options.pre_dump || !options.parent_images.empty());
  out.flag(16, options.auto_dedup);
  out.flag(18, options.link_remap);
  out.number(24, 1);  // cgroups at all; the mode follows
  out.number(34, static_cast<int64_t>(options.cgroup_mode));
  if (options.empty_network) out.number(38, CLONE_NEWNET);
  out.flag(46, options.tcp_skip_in_flight);
  out.flag(52, options.tcp_close);
  out.text(53, options.lsm_profile);
  out.text(63, options.lsm_mount_context);
  if (options.network_lock) out.number(64, static_cast<int64_t>(*options.network_lock));
}

std::string encode_options(const CriuRequest& request) {
  constexpr int64_t kEverything = 4;  // log level: what led to an error stands before it
  Options out;
  out.number(1, request.images_fd);
  if (request.pid != 0) out.number(2, request.pid);
  const bool restores = request.action == CriuAction::Restore;
  // Device files are opened by any path that leads to them: a new /dev has other inodes.
  out.flag(6, restores);
  out.number(9, kEverything);
  out.text(10, request.log_file);
  out.number(12, 1);  // notifications
  out.text(13, request.root);
  out.number(17, request.work_fd);
  for (const CriuExternalMount& mount : request.external_mounts) {
    out.pair(23, mount.name, mount.value);
  }
  for (const CriuCgroupRoot& root : request.cgroup_roots) out.pair(25, root.controller, root.path);
  out.flag(26, restores);  // the restored process is our child, not CRIU's
  for (const CriuInheritedFd& inherited : request.inherited_fds) {
    out.pair(27, inherited.name, inherited.fd);
  }
  for (const std::string& external : request.external) out.text(37, external);
  for (const CriuJoinedNamespace& joined : request.joined_namespaces) {
    out.pair(39, joined.type, joined.path);
  }
  out.text(44, request.freeze_cgroup);
  out.number(50, 1);  // terminals whose master is held outside: its new one is sent to us
  out.text(51, request.config_file);
  add_choices(out, request.options);
  return std::move(out).take();
}

}  // namespace

std::string encode(const CriuRequest& request) {
  ProtobufWriter out;
  out.number(1, type_of(request.action));
  out.bytes(2, encode_options(request));
  return std::move(out).take();
}

std::string encode_acknowledgement(bool success) {
  ProtobufWriter out;
  out.number(1, RequestType::Notify);
  out.number(3, success ? 1 : 0);
  return std::move(out).take();
}

namespace {

void read_notification(std::string_view bytes, CriuReply& reply) {
  ProtobufReader reader(bytes);
  while (const std::optional<ProtobufField> field = reader.next()) {
    if (field->field == 1) reply.notification = field->bytes;
    if (field->field == 2) reply.pid = static_cast<pid_t>(field->number);
  }
}

void read_restored(std::string_view bytes, CriuReply& reply) {
  ProtobufReader reader(bytes);
  while (const std::optional<ProtobufField> field = reader.next()) {
    if (field->field == 1) reply.pid = static_cast<pid_t>(field->number);
  }
}

}  // namespace

Result<CriuReply> decode_reply(std::string_view bytes) {
  CriuReply reply;
  bool has_type = false;
  ProtobufReader reader(bytes);
  while (const std::optional<ProtobufField> field = reader.next()) {
    switch (field->field) {
      case 1:
        has_type = true;
        reply.is_notification = field->number == RequestType::Notify;
        break;
      case 2:
        reply.success = field->number != 0;
        break;
      case 4:
        read_restored(field->bytes, reply);
        break;
      case 5:
        read_notification(field->bytes, reply);
        break;
      case 7:
        reply.errno_value = static_cast<int>(field->number);
        break;
      case 9:
        reply.message = field->bytes;
        break;
      default:
        break;  // of a newer CRIU
    }
  }
  if (!has_type || reader.damaged())
    return make_error(ErrorKind::System, "CRIU's answer is damaged");
  return reply;
}

}  // namespace ocirt::plan
