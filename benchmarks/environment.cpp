// SPDX-License-Identifier: MIT
#include "environment.hpp"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/utsname.h>

#include <Eigen/Core>
#include <ctime>
#include <fstream>
#include <thread>

#include "built_with.hpp"

namespace bench {
namespace {

/// The rest of the first line of the file that starts with `start`; "unknown" if there is none.
std::string line_of(const char* file, const std::string& start) {
  std::ifstream in(file);
  for (std::string line; std::getline(in, line);)
    if (line.starts_with(start))
      return line.substr(std::min(line.find_first_not_of("\t :=\"", start.size()), line.size()));
  return "unknown";
}

std::string compiler_name() {
#ifdef __clang__
  return "clang " __clang_version__;
#else
  return "g++ " __VERSION__;
#endif
}

}  // namespace

Description environment() {
  utsname system{};
  uname(&system);
  Description all{
      {"date", fmt::format("{:%Y-%m-%d}", fmt::gmtime(std::time(nullptr)))},
      {"processor", fmt::format("{}, {} {}", line_of("/proc/cpuinfo", "model name"),
                                std::thread::hardware_concurrency(), system.machine)},
      {"memory", line_of("/proc/meminfo", "MemTotal:")},
      {"system", fmt::format("{} {}", system.sysname, system.release)},
      {"huge pages", line_of("/sys/kernel/mm/transparent_hugepage/enabled", "")},
      {"compiler", compiler_name()},
      {"options", options},
      {"Eigen", fmt::format("{}.{}.{}", EIGEN_WORLD_VERSION, EIGEN_MAJOR_VERSION, EIGEN_MINOR_VERSION)},
  };
  for (auto& line : describe_torch()) all.push_back(line);
  return all;
}

}  // namespace bench
