// SPDX-License-Identifier: MIT
// read <file.csv or file.npy> <float or double> <times>: reads the file once to warm up and then so often,
// and prints for each time seconds of the clock and of the processor; then the growth of the process at its
// peak, and the bytes of the data.
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <string>
#include <string_view>

#include "espalier/data/csv.hpp"
#include "espalier/data/npy.hpp"

namespace {

double processor_seconds() {
  rusage used{};
  getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + 1e-6 * static_cast<double>(t.tv_usec);
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

/// Of this program alone: what getrusage tells has the peak of the process that started it.
long peak_kilobytes() {
  std::ifstream status("/proc/self/status");
  for (std::string line; std::getline(status, line);)
    if (line.starts_with("VmHWM:")) return std::stol(line.substr(6));
  return 0;
}

template <class S>
espalier::Matrix<S> read(std::string_view path) {
  if (path.ends_with(".npy")) return espalier::read_npy<S>(path);
  return espalier::read_csv<S>(path).inputs;
}

template <class S>
void measure(std::string_view path, int times) {
  const long before = peak_kilobytes();
  const std::size_t bytes = sizeof(S) * static_cast<std::size_t>(read<S>(path).size());
  const long grown = peak_kilobytes() - before;
  for (; times > 0; --times) {
    const double processor = processor_seconds();
    const auto start = std::chrono::steady_clock::now();
    const espalier::Matrix<S> matrix = read<S>(path);
    const std::chrono::duration<double> clock = std::chrono::steady_clock::now() - start;
    std::printf("%.6f %.6f\n", clock.count(), processor_seconds() - processor);
  }
  std::printf("%ld %zu\n", grown * 1024, bytes);
}

}  // namespace

int main(int count, char** words) {
  if (count != 4) return 2;
  const int times = std::atoi(words[3]);
  if (std::string_view(words[2]) == "float")
    measure<float>(words[1], times);
  else
    measure<double>(words[1], times);
}
