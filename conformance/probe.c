// What the checks run inside a container, and as hooks: says what the kernel says, as JSON.
// Statically linked, so that it runs in an empty rootfs. Uses raw system calls where libc is newer
// than Debian 12's or hides something.
//
//   probe report                         everything about this process, one JSON object
//   probe hook FILE [EXIT [SECONDS]]     append a JSON line (args, env, stdin, namespaces) to FILE
//   probe syscall NAME [ARG...]          one raw system call, "RET ERRNO"
//   probe thread-syscall NAME [ARG...]   the same from a second thread, then "main alive"
//   probe ia32 NUMBER [ARG...]           the same through int 0x80, as a 32-bit program would
//   probe open FLAGS PATH...             "PATH ERRNO" for each; FLAGS is r, w or rw
//   probe fork COUNT                     "CHILDREN ERRNO": how many live children the limits allow
//   probe hold                           say "ready", wait for a signal, say which, exit with its
//   number
#define _GNU_SOURCE
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/personality.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

extern char** environ;

static FILE* out;

static void string(const char* s, size_t n) {
  fputc('"', out);
  for (size_t i = 0; i < n; i++) {
    unsigned char c = s[i];
    if (c == '"' || c == '\\')
      fprintf(out, "\\%c", c);
    else if (c < 0x20 || c > 0x7e)
      fprintf(out, "\\u%04x", c);
    else
      fputc(c, out);
  }
  fputc('"', out);
}

static void key(const char* name) {
  fprintf(out, ", \"%s\": ", name);
}
static void text(const char* name, const char* s) {
  key(name);
  string(s, strlen(s));
}
static void number(const char* name, long long n) {
  key(name);
  fprintf(out, "%lld", n);
}

static void list(const char* name, char** items) {
  key(name);
  fputc('[', out);
  for (int i = 0; items && items[i]; i++) {
    if (i) fputs(", ", out);
    string(items[i], strlen(items[i]));
  }
  fputc(']', out);
}

static size_t slurp(int fd, char* buffer, size_t size) {
  size_t used = 0;
  ssize_t n;
  while (used < size && (n = read(fd, buffer + used, size - used)) > 0) used += n;
  return used;
}

static void file(const char* name, const char* path) {
  static char buffer[1 << 18];
  int fd = open(path, O_RDONLY | O_CLOEXEC);
  size_t n = fd < 0 ? 0 : slurp(fd, buffer, sizeof buffer);
  if (fd >= 0) close(fd);
  key(name);
  string(buffer, n);
}

static void namespaces(void) {
  static const char* kinds[] = {"cgroup", "ipc", "mnt", "net", "pid", "time", "user", "uts"};
  key("ns");
  fputc('{', out);
  for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
    char path[64], link[64];
    snprintf(path, sizeof path, "/proc/self/ns/%s", kinds[i]);
    ssize_t n = readlink(path, link, sizeof link);
    fprintf(out, "%s\"%s\": ", i ? ", " : "", kinds[i]);
    string(link, n < 0 ? 0 : n);
  }
  fputc('}', out);
}

static void open_files(void) {
  // Looked at by number, not through /proc, which may be absent or may belong to another pid
  // namespace.
  key("fds");
  fputc('[', out);
  for (int fd = 0, first = 1; fd < 1024; fd++) {
    if (fcntl(fd, F_GETFD) < 0) continue;
    fprintf(out, "%s%d", first ? "" : ", ", fd);
    first = 0;
  }
  fputc(']', out);
}

static void identity(void) {
  uid_t r, e, s;
  gid_t groups[256];
  getresuid(&r, &e, &s);
  key("uid");
  fprintf(out, "[%u, %u, %u]", r, e, s);
  getresgid(&r, &e, &s);
  key("gid");
  fprintf(out, "[%u, %u, %u]", r, e, s);
  int n = getgroups(256, groups);
  key("groups");
  fputc('[', out);
  for (int i = 0; i < n; i++) fprintf(out, "%s%u", i ? ", " : "", groups[i]);
  fputc(']', out);
  mode_t mask = umask(0);
  umask(mask);
  number("umask", mask);
  number("pid", getpid());
  number("ppid", getppid());
  number("sid", getsid(0));
  number("pgid", getpgrp());
}

static void capabilities(void) {
  struct __user_cap_header_struct header = {_LINUX_CAPABILITY_VERSION_3, 0};
  struct __user_cap_data_struct data[2] = {{0}};
  uint64_t bounding = 0, ambient = 0;
  syscall(SYS_capget, &header, data);
  for (int cap = 0; cap < 64; cap++) {
    if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) == 1) bounding |= 1ull << cap;
    if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_IS_SET, cap, 0, 0) == 1) ambient |= 1ull << cap;
  }
#define BOTH(set) ((uint64_t)data[1].set << 32 | data[0].set)
  key("capabilities");
  fprintf(out,
          "{\"effective\": %llu, \"permitted\": %llu, \"inheritable\": %llu, \"bounding\": %llu, "
          "\"ambient\": %llu}",
          (unsigned long long)BOTH(effective), (unsigned long long)BOTH(permitted),
          (unsigned long long)BOTH(inheritable), (unsigned long long)bounding,
          (unsigned long long)ambient);
}

static void limits(void) {
  static const char* names[] = {"CPU",      "FSIZE",  "DATA",    "STACK", "CORE",  "RSS",
                                "NPROC",    "NOFILE", "MEMLOCK", "AS",    "LOCKS", "SIGPENDING",
                                "MSGQUEUE", "NICE",   "RTPRIO",  "RTTIME"};
  key("rlimits");
  fputc('{', out);
  for (int i = 0; i < 16; i++) {
    struct rlimit64 {
      uint64_t soft, hard;
    } limit = {0};
    syscall(SYS_prlimit64, 0, i, NULL, &limit);
    fprintf(out, "%s\"RLIMIT_%s\": [%llu, %llu]", i ? ", " : "", names[i],
            (unsigned long long)limit.soft, (unsigned long long)limit.hard);
  }
  fputc('}', out);
}

static void scheduling(void) {
  struct {
    uint32_t size, policy;
    uint64_t flags;
    int32_t nice;
    uint32_t priority;
    uint64_t runtime, deadline, period;
    uint32_t min, max;
  } a = {0};
  syscall(SYS_sched_getattr, 0, &a, sizeof a, 0);
  key("scheduler");
  fprintf(out,
          "{\"policy\": %u, \"flags\": %llu, \"nice\": %d, \"priority\": %u, \"runtime\": %llu, "
          "\"deadline\": %llu, \"period\": %llu}",
          a.policy, (unsigned long long)a.flags, a.nice, a.priority, (unsigned long long)a.runtime,
          (unsigned long long)a.deadline, (unsigned long long)a.period);
  long ioprio = syscall(SYS_ioprio_get, 1, 0);
  key("ioprio");
  fprintf(out, "[%ld, %ld]", ioprio >> 13, ioprio & 0x1fff);
  cpu_set_t cpus;
  CPU_ZERO(&cpus);
  sched_getaffinity(0, sizeof cpus, &cpus);
  key("affinity");
  fputc('[', out);
  for (int cpu = 0, first = 1; cpu < CPU_SETSIZE; cpu++)
    if (CPU_ISSET(cpu, &cpus)) fprintf(out, "%s%d", first ? "" : ", ", cpu), first = 0;
  fputc(']', out);
  int mode = -1;
  unsigned long nodes[16] = {0};
  syscall(SYS_get_mempolicy, &mode, nodes, sizeof nodes * 8, NULL, 0);
  key("mempolicy");
  fprintf(out, "[%d, %lu]", mode, nodes[0]);
}

static void machine(void) {
  struct utsname u;
  uname(&u);
  text("hostname", u.nodename);
  text("domainname", u.domainname);
  text("machine", u.machine);
  number("personality", (unsigned)personality(0xffffffff));
  struct timespec t;
  clock_gettime(CLOCK_MONOTONIC, &t);
  number("monotonic", t.tv_sec);
  clock_gettime(CLOCK_BOOTTIME, &t);
  number("boottime", t.tv_sec);
}

static void terminal(void) {
  struct winsize size = {0};
  ioctl(0, TIOCGWINSZ, &size);
  key("tty");
  fprintf(out, "[%d, %d, %d]", isatty(0), isatty(1), isatty(2));
  key("winsize");
  fprintf(out, "[%u, %u]", size.ws_row, size.ws_col);
  int fd = open("/dev/tty", O_RDWR | O_CLOEXEC);
  number("controlling_tty", fd >= 0);
  if (fd >= 0) close(fd);
}

static int report(char** argv) {
  fprintf(out, "{\"probe\": 1");
  open_files();
  list("args", argv);
  list("env", environ);
  char cwd[4096] = "";
  text("cwd", getcwd(cwd, sizeof cwd) ? cwd : "");
  identity();
  capabilities();
  limits();
  scheduling();
  machine();
  terminal();
  number("nnp", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
  file("oom_score_adj", "/proc/self/oom_score_adj");
  namespaces();
  file("status", "/proc/self/status");
  file("cgroup", "/proc/self/cgroup");
  file("mountinfo", "/proc/self/mountinfo");
  fprintf(out, "}\n");
  return 0;
}

static int hook(int argc, char** argv) {
  static char input[65536];
  size_t n = slurp(0, input, sizeof input);
  char* line = NULL;
  size_t size = 0;
  FILE* stdout_file = out;
  out = open_memstream(&line, &size);
  fprintf(out, "{\"pid\": %d", getpid());
  list("args", argv);
  list("env", environ);
  key("stdin");
  string(input, n);
  namespaces();
  fprintf(out, "}\n");
  fclose(out);
  out = stdout_file;
  int fd = open(argv[2], O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
  if (fd < 0 || write(fd, line, size) != (ssize_t)size) return 99;  // one write: lines never mix
  close(fd);
  if (argc > 4) sleep(atoi(argv[4]));
  return argc > 3 ? atoi(argv[3]) : 0;
}

static long call_number(const char* name) {
  static const struct {
    const char* name;
    long number;
  } table[] = {
      {"getpriority", SYS_getpriority}, {"kcmp", SYS_kcmp},       {"getppid", SYS_getppid},
      {"sethostname", SYS_sethostname}, {"sysinfo", SYS_sysinfo},
  };
  for (size_t i = 0; i < sizeof table / sizeof *table; i++)
    if (!strcmp(table[i].name, name)) return table[i].number;
  fprintf(stderr, "probe: unknown system call %s\n", name);
  exit(98);
}

static void arguments(int argc, char** argv, long* a) {
  for (int i = 0; i < 6; i++) a[i] = i + 3 < argc ? (long)strtoull(argv[i + 3], NULL, 0) : 0;
}

static void trapped(int signal, siginfo_t* info, void* context) {
  (void)signal, (void)context;
  char line[64];
  int n = snprintf(line, sizeof line, "SIGSYS %d\n", info->si_syscall);
  if (write(1, line, n)) _exit(0);
}

struct call {
  long number, a[6];
};

static void* call(void* data) {
  struct call* c = data;
  errno = 0;
  long result = syscall(c->number, c->a[0], c->a[1], c->a[2], c->a[3], c->a[4], c->a[5]);
  printf("%ld %d\n", result, result == -1 ? errno : 0);
  fflush(stdout);
  return NULL;
}

static int raw_call(int argc, char** argv, int in_thread) {
  struct sigaction action = {.sa_sigaction = trapped, .sa_flags = SA_SIGINFO};
  if (argc > 2 && !strcmp(argv[1], "trap-syscall")) sigaction(SIGSYS, &action, NULL);
  struct call c = {call_number(argv[2]), {0}};
  arguments(argc, argv, c.a);
  if (!in_thread) return call(&c), 0;
  pthread_t thread;
  pthread_create(&thread, NULL, call, &c);
  sleep(1);  // a killed thread can't be joined
  puts("main alive");
  return 0;
}

static int ia32(int argc, char** argv) {
#ifdef __x86_64__
  long a[6], result = strtol(argv[2], NULL, 0);
  arguments(argc, argv, a);
  __asm__ volatile("int $0x80"
                   : "+a"(result)
                   : "b"(a[0]), "c"(a[1]), "d"(a[2])
                   : "memory", "r8", "r9", "r10", "r11");
  result = (int)result;
  printf("%ld %ld\n", result < 0 ? -1 : result, result < 0 ? -result : 0);
  return 0;
#else
  (void)argc, (void)argv;
  return 97;
#endif
}

static int open_each(int argc, char** argv) {
  int flags = !strcmp(argv[2], "rw") ? O_RDWR : *argv[2] == 'w' ? O_WRONLY : O_RDONLY;
  for (int i = 3; i < argc; i++) {
    int fd = open(argv[i], flags | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
    printf("%s %d\n", argv[i], fd < 0 ? errno : 0);
    if (fd >= 0) close(fd);
  }
  return 0;
}

static int fork_many(int count) {
  int made = 0, error = 0;
  while (made < count) {
    pid_t pid = fork();
    if (pid == 0) pause(), _exit(0);
    if (pid < 0) {
      error = errno;
      break;
    }
    made++;
  }
  printf("%d %d\n", made, error);
  fflush(stdout);
  if (getpid() != 1) kill(0, SIGKILL);
  return 0;  // pid 1: the kernel ends the children with the namespace
}

static int hold(void) {
  sigset_t all;
  sigfillset(&all);
  sigprocmask(SIG_BLOCK, &all, NULL);
  puts("ready");
  fflush(stdout);
  int signal = 0;
  do sigwait(&all, &signal);
  while (signal == SIGCHLD || signal == SIGWINCH || signal == SIGCONT);
  printf("signal %d\n", signal);
  return signal;
}

int main(int argc, char** argv) {
  out = stdout;
  const char* verb = argc > 1 ? argv[1] : "";
  if (!strcmp(verb, "report")) return report(argv);
  if (!strcmp(verb, "hook") && argc > 2) return hook(argc, argv);
  if (!strcmp(verb, "syscall") && argc > 2) return raw_call(argc, argv, 0);
  if (!strcmp(verb, "trap-syscall") && argc > 2) return raw_call(argc, argv, 0);
  if (!strcmp(verb, "thread-syscall") && argc > 2) return raw_call(argc, argv, 1);
  if (!strcmp(verb, "ia32") && argc > 2) return ia32(argc, argv);
  if (!strcmp(verb, "open") && argc > 3) return open_each(argc, argv);
  if (!strcmp(verb, "fork") && argc > 2) return fork_many(atoi(argv[2]));
  if (!strcmp(verb, "hold")) return hold();
  fprintf(stderr, "probe: unknown verb '%s'\n", verb);
  return 96;
}
