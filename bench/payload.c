// What the measured containers run: /bin/true, and under the name /bin/wait a process that stays.
// Runs in: the container, as pid 1 or beside it.
#include <string.h>
#include <unistd.h>

int main(int argc, char** argv) {
  (void)argc;
  const char* slash = strrchr(argv[0], '/');
  const char* name = slash != NULL ? slash + 1 : argv[0];
  // As pid 1 it ignores SIGTERM by default; every runtime ends it with SIGKILL.
  while (strcmp(name, "wait") == 0) pause();
  return 0;
}
