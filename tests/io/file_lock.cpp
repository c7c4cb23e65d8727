// SPDX-License-Identifier: MIT
#include "espalier/io/file_lock.hpp"

#include <filesystem>
#include <optional>

#include "../support.hpp"

using namespace espalier;
namespace fs = std::filesystem;

#ifdef ESPALIER_HAS_FLOCK
TEST_CASE("A file has one lock at a time, which leaves nothing behind") {
  const fs::path path = fs::temp_directory_path() / ("espalier_lock_" + std::to_string(::getpid()));
  const fs::path name = path.string() + ".lock";
  std::optional<detail::FileLock> first(path);
  CHECK(fs::exists(name));
  CHECK(message_of([&] { detail::FileLock second(path); }) ==
        path.string() +
            ": expected one run that writes to it, found another one that does, here or elsewhere");
  first.reset();
  CHECK_FALSE(fs::exists(name));
  CHECK_NOTHROW(detail::FileLock(path));
}

TEST_CASE("A lock file that a process has left behind when it was killed locks nobody out") {
  const fs::path path = fs::temp_directory_path() / ("espalier_left_" + std::to_string(::getpid()));
  const fs::path name = path.string() + ".lock";
  ::close(::open(name.c_str(), O_RDWR | O_CREAT, 0666));
  CHECK_NOTHROW(detail::FileLock(path));
  CHECK_FALSE(fs::exists(name));
}

TEST_CASE("A lock in a folder that is not there is refused") {
  CHECK(message_of([] { detail::FileLock("/nowhere/at/all"); }) ==
        "/nowhere/at/all: expected a folder that can be written to, found No such file or directory");
}
#endif
