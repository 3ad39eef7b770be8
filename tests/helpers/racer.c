// Exchanges two names as fast as it can, so that what a path names changes between any check and
// its use. Usage: racer A B. Runs until it is killed.
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdio.h>

int main(int argc, char** argv) {
  if (argc != 3) return 2;
  if (renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE) != 0) {
    perror("racer: renameat2");
    return 1;
  }
  for (;;) renameat2(AT_FDCWD, argv[1], AT_FDCWD, argv[2], RENAME_EXCHANGE);
}
