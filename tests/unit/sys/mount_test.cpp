// The mount API does on a real kernel what the wrappers say.
#include "sys/mount.h"

#include <fcntl.h>
#include <sys/statvfs.h>

#include "tests/unit/support/scratch.h"

namespace ocirt::sys {
namespace {

using test::exists;

UniqueFd open_directory(const std::string& path) {
  return UniqueFd(::open(path.c_str(), O_PATH | O_CLOEXEC));
}

TEST(MountFd, IsUsableBeforeItIsAttached) {
  const test::ScratchDir scratch;
  scratch.directory("target");
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    Result<MountFd> mount = mount_detached("tmpfs", MOUNT_ATTR_NOEXEC);
    OCIRT_CHECK(mount, mount.error().message());
    OCIRT_CHECK(::mkdirat(mount->get(), "early", 0755) == 0);
    Result<UniqueFd> attached = std::move(*mount).attach(open_directory(scratch / "target").get());
    OCIRT_CHECK(attached, attached.error().message());
    OCIRT_CHECK(exists(scratch / "target/early"));
    struct statvfs status {};
    OCIRT_CHECK(::fstatvfs(attached->get(), &status) == 0 && (status.f_flag & ST_NOEXEC) != 0);
    return "";
  });
  EXPECT_FALSE(exists(scratch / "target/early"));
}

TEST(MountFd, TheFdOfAnAttachedMountChangesItsAttributes) {
  const test::ScratchDir scratch;
  scratch.directory("source");
  scratch.directory("target");
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    Result<MountFd> clone = open_tree(AT_FDCWD, (scratch / "source").c_str(), 0);
    OCIRT_CHECK(clone, clone.error().message());
    Result<UniqueFd> mount = std::move(*clone).attach(open_directory(scratch / "target").get());
    OCIRT_CHECK(mount, mount.error().message());
    OCIRT_CHECK(mount_setattr(mount->get(), "", 0, {.attr_set = MOUNT_ATTR_RDONLY}));
    OCIRT_CHECK(::mkdir((scratch / "target/x").c_str(), 0755) != 0 && errno == EROFS);
    OCIRT_CHECK(::mkdir((scratch / "source/x").c_str(), 0755) == 0);
    return "";
  });
}

TEST(Mount, ADirectoryIsNotMountedOnAFile) {
  const test::ScratchDir scratch;
  scratch.file("target");
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    Result<MountFd> mount = mount_detached("tmpfs", 0);
    OCIRT_CHECK(mount, mount.error().message());
    const Result<> moved = move_mount(mount->get(), open_directory(scratch / "target").get());
    OCIRT_CHECK(!moved, "moved");
    OCIRT_CHECK(moved.error().errno_value == EINVAL, moved.error().message());
    return "";
  });
}

TEST(Mount, ErrorsHoldWhatTheKernelSays) {
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    Result<UniqueFd> context = fsopen("tmpfs");
    OCIRT_CHECK(context, context.error().message());
    const Result<> flag = fsconfig_set_flag(context->get(), "nosuchoption");
    OCIRT_CHECK(!flag && flag.error().message() ==
                             "option \"nosuchoption\" (the kernel says: tmpfs: Unknown parameter "
                             "'nosuchoption'): Invalid argument",
                flag.error().message());
    const Result<> value = fsconfig_set_string(context->get(), "mode", "rwx");
    OCIRT_CHECK(!value && value.error().text.starts_with("option \"mode=rwx\" (the kernel says: "),
                value.error().text);
    return "";
  });
}

TEST(Mount, AnUnknownTypeIsUnsupported) {
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    const Result<UniqueFd> context = fsopen("nosuchfs");
    OCIRT_CHECK(!context && context.error().kind == ErrorKind::Unsupported);
    OCIRT_CHECK(context.error().text == "the kernel has no file system of type \"nosuchfs\"");
    return "";
  });
}

TEST(Mount, AMissingSourceIsNotFound) {
  OCIRT_IN_CHILD(CLONE_NEWNS, [&]() -> std::string {
    const Result<MountFd> clone = open_tree(AT_FDCWD, "/no/such/source", 0);
    OCIRT_CHECK(!clone && clone.error().kind == ErrorKind::NotFound);
    return "";
  });
}

}  // namespace
}  // namespace ocirt::sys
