// Runs one command and prints its exit status and its peak resident memory in KiB. Runs in: its own
// process.
//
//   peak [--cgroup PROCS_FILE] COMMAND [ARG...]
//
// It is static and tiny on purpose: execve(2) carries the peak of the memory that it replaces over
// into ru_maxrss, so a large parent would be measured in place of a small command.
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

static void join_cgroup(const char* procs_file) {
  const int fd = open(procs_file, O_WRONLY | O_CLOEXEC);
  if (fd < 0 || write(fd, "0", 1) != 1) _exit(125);
  close(fd);
}

int main(int argc, char** argv) {
  const char* procs_file = NULL;
  char** command = argv + 1;
  if (argc > 3 && strcmp(argv[1], "--cgroup") == 0) {
    procs_file = argv[2];
    command = argv + 3;
  }
  if (command[0] == NULL) return 125;

  const pid_t pid = fork();
  if (pid < 0) return 125;
  if (pid == 0) {
    if (procs_file != NULL) join_cgroup(procs_file);
    execv(command[0], command);
    fprintf(stderr, "peak: %s: %s\n", command[0], strerror(errno));
    _exit(125);
  }

  int status = 0;
  struct rusage usage;
  // ru_maxrss of wait4 is the largest single process among the command and what it waited for.
  if (wait4(pid, &status, 0, &usage) != pid) return 125;
  printf("%d %ld\n", WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status),
         usage.ru_maxrss);
  return 0;
}
