// SPDX-License-Identifier: MIT
// watch <program> [argument...]: runs the program and prints its seconds, those that its processes computed
// for (user time), its largest resident memory in bytes (of whichever of its processes had most) and its exit
// code. A program of its own, since Linux counts what the parent had resident before the program was loaded,
// and the benchmarks hold much.
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <chrono>
#include <cstdio>

int main(int argc, char** argv) {
  if (argc < 2) return 2;
  const auto start = std::chrono::steady_clock::now();
  const pid_t child = fork();
  if (child == 0) {
    execv(argv[1], argv + 1);
    _exit(127);
  }
  int status = 0;
  rusage used{};
  if (child < 0 || wait4(child, &status, 0, &used) != child) return 1;
  const std::chrono::duration<double> seconds = std::chrono::steady_clock::now() - start;
#ifdef __APPLE__
  const long unit = 1;
#else
  const long unit = 1024;
#endif
  const double user =
      static_cast<double>(used.ru_utime.tv_sec) + 1e-6 * static_cast<double>(used.ru_utime.tv_usec);
  std::printf("%.6f %.6f %ld %d\n", seconds.count(), user, used.ru_maxrss * unit,
              WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}
