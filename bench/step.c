// Counts the instructions that a command and all its descendants execute in user mode, by
// single-stepping them with ptrace. Runs in: its own process, as the tracer.
//
//   step LIMIT_S COMMAND [ARG...]
//
// Prints "INSTRUCTIONS TASKS STATUS"; STATUS is the command's exit status, or "limit" if
// LIMIT_S seconds were not enough (the count is then a lower bound). For machines that have no
// hardware counter, such as most virtual ones. A task is a process or a thread. Each turn of a
// `rep` string instruction traps, so it counts as one instruction.
#define _GNU_SOURCE
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static const long kOptions = PTRACE_O_TRACECLONE | PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
                             PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL;

static time_t now_s(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return now.tv_sec;
}

// Tracer and tracees take turns anyway; on one processor a turn costs a fifth, since nobody has to
// be woken on another.
static void stay_on_one_cpu(void) {
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  CPU_SET((size_t)sched_getcpu(), &cpus);
  (void)sched_setaffinity(0, sizeof cpus, &cpus);  // only speed is lost where it is refused
}

static pid_t launch(char** command) {
  const pid_t pid = fork();
  if (pid != 0) return pid;
  ptrace(PTRACE_TRACEME, 0, NULL, NULL);
  raise(SIGSTOP);  // lets the tracer set its options before the first instruction that counts
  execv(command[0], command);
  fprintf(stderr, "step: %s: %s\n", command[0], strerror(errno));
  _exit(125);
}

// The signal to pass on when the tracee goes on, 0 for the stops that ptrace itself made.
static int signal_to_deliver(int status) {
  const int signal = WSTOPSIG(status);
  const bool is_ptrace_event = status >> 16 != 0;
  // SIGSTOP is how a new tracee first appears; nobody stops a runtime under measurement.
  if (is_ptrace_event || signal == SIGTRAP || signal == SIGSTOP) return 0;
  return signal;
}

int main(int argc, char** argv) {
  if (argc < 3) return 125;
  const time_t deadline_s = now_s() + atoi(argv[1]);
  stay_on_one_cpu();
  const pid_t command = launch(argv + 2);
  int status = 0;
  if (command < 0 || waitpid(command, &status, 0) != command) return 125;
  if (ptrace(PTRACE_SETOPTIONS, command, NULL, kOptions) != 0) return 125;
  ptrace(PTRACE_SINGLESTEP, command, NULL, NULL);

  long long instructions = 0;
  long tasks = 1;
  int exit_status = 125;
  for (unsigned turn = 0;; turn++) {
    const pid_t pid = waitpid(-1, &status, __WALL);
    if (pid < 0) break;  // ECHILD: all have ended
    if (!WIFSTOPPED(status)) {
      if (pid == command) exit_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
      continue;
    }
    if (status >> 16 == 0 && WSTOPSIG(status) == SIGTRAP) instructions++;
    const int event = status >> 16;
    if (event == PTRACE_EVENT_CLONE || event == PTRACE_EVENT_FORK || event == PTRACE_EVENT_VFORK) {
      tasks++;
    }
    ptrace(PTRACE_SINGLESTEP, pid, NULL, (void*)(long)signal_to_deliver(status));
    if (turn % 4096 == 0 && now_s() >= deadline_s) {
      printf("%lld %ld limit\n", instructions, tasks);
      return 0;  // PTRACE_O_EXITKILL ends the tracees
    }
  }
  printf("%lld %ld %d\n", instructions, tasks, exit_status);
  return 0;
}
