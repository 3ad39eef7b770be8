// The program `ocirt`: hands the command line to its verb and reports the one error that comes
// back. Runs in: creator.
int main() {
  return 0;
}
