// The floor: the least work that Linux needs for what a container runtime does. Runs in: its own
// process, and the child that it clones.
//
//   floor run ROOTFS PROGRAM [ARG...]   five new namespaces, a rootfs, PROGRAM as pid 1
//   floor keep PID_FILE ROOTFS PROGRAM  the same, but leave it behind, its pid in PID_FILE
//   floor exec PID_FILE PROGRAM [ARG...]  PROGRAM beside that process, in its five namespaces
//   floor print FILE                    FILE on the standard output (what `state` must at least do)
//
// It checks only what would make the figure wrong. It is no runtime: no cgroup, no capabilities, no
// seccomp, no masked paths, no state on disk.
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

// The namespaces of runc's default config: pid, network, ipc, uts, mount.
static const uint64_t kNamespaces =
    CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWIPC | CLONE_NEWUTS | CLONE_NEWNS;

static void die(const char* what) {
  fprintf(stderr, "floor: %s: %s\n", what, strerror(errno));
  _exit(125);
}

static int wait_for(pid_t pid) {
  int status = 0;
  if (waitpid(pid, &status, 0) != pid) die("wait");
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void enter_rootfs(const char* rootfs) {
  // Private first, or the host would see the mounts that follow.
  if (mount("", "/", NULL, MS_REC | MS_PRIVATE, NULL) != 0) die("make / private");
  // pivot_root wants a mount point.
  if (mount(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL) != 0) die("bind the rootfs");
  if (chdir(rootfs) != 0) die("chdir to the rootfs");
  if (mount("proc", "proc", "proc", 0, NULL) != 0) die("mount proc");
  if (mount("tmpfs", "dev", "tmpfs", 0, NULL) != 0) die("mount tmpfs on dev");
  // pivot_root(2), "pivot_root(".", ".")": the old root ends up on top of the new one.
  if (syscall(SYS_pivot_root, ".", ".") != 0) die("pivot_root");
  if (umount2(".", MNT_DETACH) != 0) die("unmount the old root");
  if (chdir("/") != 0) die("chdir to /");
}

static pid_t start(char** argv) {
  struct clone_args clone = {.flags = kNamespaces, .exit_signal = SIGCHLD};
  const pid_t pid = (pid_t)syscall(SYS_clone3, &clone, sizeof clone);
  if (pid < 0) die("clone3");
  if (pid == 0) {
    enter_rootfs(argv[0]);
    execv(argv[1], argv + 1);
    die(argv[1]);
  }
  return pid;
}

static int keep(char** argv) {
  const int fd = open(argv[0], O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
  if (fd < 0) die(argv[0]);
  if (dprintf(fd, "%d", start(argv + 1)) < 0) die(argv[0]);
  return 0;
}

static pid_t read_pid(const char* pid_file) {
  char text[32] = "";
  const int fd = open(pid_file, O_RDONLY | O_CLOEXEC);
  if (fd < 0 || read(fd, text, sizeof text - 1) <= 0) die(pid_file);
  close(fd);
  return atoi(text);
}

static int exec_beside(char** argv) {
  const int target = (int)syscall(SYS_pidfd_open, read_pid(argv[0]), 0);
  if (target < 0) die("pidfd_open");
  if (setns(target, (int)kNamespaces) != 0) die("setns");
  // setns changes the pid namespace of children only, hence the fork.
  const pid_t pid = fork();
  if (pid < 0) die("fork");
  if (pid == 0) {
    execv(argv[1], argv + 1);
    die(argv[1]);
  }
  return wait_for(pid);
}

static int print(const char* path) {
  char text[4096];
  const int fd = open(path, O_RDONLY | O_CLOEXEC);
  if (fd < 0) die(path);
  for (;;) {
    const ssize_t size = read(fd, text, sizeof text);
    if (size < 0) die(path);
    if (size == 0) return 0;
    if (write(STDOUT_FILENO, text, (size_t)size) != size) die("write");
  }
}

int main(int argc, char** argv) {
  const char* verb = argc >= 2 ? argv[1] : "";
  if (strcmp(verb, "run") == 0 && argc >= 4) return wait_for(start(argv + 2));
  if (strcmp(verb, "keep") == 0 && argc >= 5) return keep(argv + 2);
  if (strcmp(verb, "exec") == 0 && argc >= 4) return exec_beside(argv + 2);
  if (strcmp(verb, "print") == 0 && argc == 3) return print(argv[2]);
  fputs("floor: unknown arguments; the first comment of floor.c lists them\n", stderr);
  return 125;
}
