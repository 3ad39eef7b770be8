// Tells what a process in a container is and may do, where busybox has no command for it.
// Static, since it is copied into a rootfs without libraries. Usage: probe WORD [ARGUMENT...]
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/keyctl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

struct SchedAttr {
  unsigned size, policy;
  unsigned long long flags;
  int nice;
  unsigned priority;
  unsigned long long runtime, deadline, period;
};

// One line "FD TARGET" for each open descriptor but the one that lists them.
static int print_fds(void) {
  DIR* dir = opendir("/proc/self/fd");
  if (dir == NULL) return perror("/proc/self/fd"), 1;
  for (struct dirent* entry; (entry = readdir(dir)) != NULL;) {
    char target[4096];
    if (entry->d_name[0] == '.' || atoi(entry->d_name) == dirfd(dir)) continue;
    ssize_t length = readlinkat(dirfd(dir), entry->d_name, target, sizeof target);
    printf("%s %.*s\n", entry->d_name, (int)(length < 0 ? 0 : length), target);
  }
  return 0;
}

static int print_scheduling(void) {
  struct SchedAttr attr = {.size = sizeof attr};
  if (syscall(SYS_sched_getattr, 0, &attr, sizeof attr, 0) != 0) return perror("sched_getattr"), 1;
  printf("policy=%u nice=%d priority=%u flags=%llu\n", attr.policy, attr.nice, attr.priority,
         attr.flags);
  return 0;
}

static int print_affinity(void) {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof set, &set) != 0) return perror("sched_getaffinity"), 1;
  for (int cpu = 0; cpu < CPU_SETSIZE; cpu++) {
    if (CPU_ISSET(cpu, &set)) printf("%d ", cpu);
  }
  puts("");
  return 0;
}

// "MODE NODES", the nodes as a mask.
static int print_memory_policy(void) {
  int mode = 0;
  unsigned long nodes[16] = {0};
  if (syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, NULL, 0) != 0) {
    return perror("get_mempolicy"), 1;
  }
  return printf("%#x %#lx\n", mode, nodes[0]) < 0;
}

// Prints a call's result, or the name of its error: "ERRNO EPERM".
static int print_call(int argc, char** argv) {
  long a[7] = {0};
  for (int i = 0; i < argc && i < 7; i++) {
    char* end;
    a[i] = strtol(argv[i], &end, 0);
    if (*end != 0) a[i] = (long)argv[i];  // a word: its address
  }
  errno = 0;
  long result = syscall(a[0], a[1], a[2], a[3], a[4], a[5], a[6]);
  if (result == -1) {
    printf("ERRNO %s\n", strerrorname_np(errno));
  } else {
    printf("%ld\n", result);
  }
  return 0;
}

static int print_window(void) {
  struct winsize size;
  if (ioctl(0, TIOCGWINSZ, &size) != 0) return perror("TIOCGWINSZ"), 1;
  printf("%dx%d\n", size.ws_row, size.ws_col);
  return 0;
}

// Sends one datagram, as sd_notify does; the path is taken from the environment.
static int notify(const char* text) {
  const char* path = getenv("NOTIFY_SOCKET");
  struct sockaddr_un address = {.sun_family = AF_UNIX};
  if (path == NULL) return fputs("no NOTIFY_SOCKET\n", stderr), 1;
  strncpy(address.sun_path, path, sizeof address.sun_path - 1);
  int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
  if (sendto(fd, text, strlen(text), 0, (struct sockaddr*)&address, sizeof address) < 0) {
    return perror(path), 1;
  }
  return 0;
}

static int hold_lock(const char* path) {
  const int fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (fd < 0 || flock(fd, LOCK_EX) < 0) return 1;
  while (1) pause();
}

int main(int argc, char** argv) {
  const char* word = argc > 1 ? argv[1] : "";
  char path[8192];
  if (strcmp(word, "fds") == 0) return print_fds();
  if (strcmp(word, "scheduling") == 0) return print_scheduling();
  if (strcmp(word, "affinity") == 0) return print_affinity();
  if (strcmp(word, "call") == 0) return print_call(argc - 2, argv + 2);
  if (strcmp(word, "window") == 0) return print_window();
  if (strcmp(word, "notify") == 0) return notify(argc > 2 ? argv[2] : "READY=1");
  if (strcmp(word, "ioprio") == 0) return printf("%#lx\n", syscall(SYS_ioprio_get, 1, 0)) < 0;
  if (strcmp(word, "mempolicy") == 0) return print_memory_policy();
  if (strcmp(word, "personality") == 0) return printf("%#x\n", personality(0xffffffff)) < 0;
  if (strcmp(word, "session") == 0)
    return printf("%s\n", getsid(0) == getpid() ? "leader" : "member") < 0;
  if (strcmp(word, "cwd") == 0) {
    long length = syscall(SYS_getcwd, path, sizeof path);
    return puts(length > 0 ? path : strerrorname_np(errno)) < 0;
  }
  if (strcmp(word, "keyring") == 0) {
    long id = syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID, KEY_SPEC_SESSION_KEYRING, 0);
    return printf("%ld\n", id) < 0;
  }
  if (strcmp(word, "user") == 0) return printf("%d %d\n", getuid(), geteuid()) < 0;
  if (strcmp(word, "hold-lock") == 0 && argc > 2) return hold_lock(argv[2]);
  if (strcmp(word, "abort") == 0) abort();
  fprintf(stderr, "probe: unknown word '%s'\n", word);
  return 2;
}
