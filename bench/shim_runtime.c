// A runtime for the bench of monitors: makes no container, and costs next to nothing.
//
// The payload is $PAYLOAD: "idle"; "exit N"; or "lines N", "pages N" and "blocks N", which write N
// megabytes of 80-byte lines to stdout: each by itself, and in 4 and 64 KiB at once.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static const char* option(int argc, char** argv, const char* name) {
  for (int i = 1; i + 1 < argc; i++) {
    if (strcmp(argv[i], name) == 0) return argv[i + 1];
  }
  exit(2);
}

static void write_megabytes(long left, size_t at_once) {
  static char text[65536];
  memset(text, 'x', sizeof text);
  for (size_t i = 79; i < sizeof text; i += 80) text[i] = '\n';
  for (left *= 1000000; left > 0;) {
    const ssize_t put = write(1, text, at_once);
    if (put < 0) exit(1);
    left -= put;
  }
}

int main(int argc, char** argv) {
  const char* payload = getenv("PAYLOAD");
  const char* file = option(argc, argv, "--pid-file");
  const pid_t pid = fork();
  if (pid == 0) {
    setsid();
    if (strncmp(payload, "lines ", 6) == 0) write_megabytes(atol(payload + 6), 80);
    if (strncmp(payload, "pages ", 6) == 0) write_megabytes(atol(payload + 6), 4096);
    if (strncmp(payload, "blocks ", 7) == 0) write_megabytes(atol(payload + 7), 65536);
    if (strncmp(payload, "exit ", 5) == 0) _exit(atoi(payload + 5));
    if (strcmp(payload, "idle") == 0) pause();
    _exit(0);
  }
  FILE* out = fopen(file, "w");
  if (out == NULL) return 1;
  fprintf(out, "%d", (int)pid);
  return fclose(out) == 0 ? 0 : 1;
}
