// SPDX-License-Identifier: MIT
// A lock that keeps two runs from writing to one file. The system opens it when its process ends, however
// that comes about.
#pragma once

#if __has_include(<sys/file.h>)
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#define ESPALIER_HAS_FLOCK 1
#endif

#include <cerrno>
#include <filesystem>
#include <string>
#include <system_error>

#include "espalier/core/error.hpp"

namespace espalier::detail {

/// Holds the file `path`.lock, which is there as long as the lock is. Throws FileError if somebody else holds
/// it, or if it cannot be made. Where the system has no such locks it does nothing.
class FileLock {
 public:
  explicit FileLock([[maybe_unused]] const std::filesystem::path& path) {
#ifdef ESPALIER_HAS_FLOCK
    name_ = path.string() + ".lock";
    for (;;) {
      handle_ = ::open(name_.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0666);
      if (handle_ < 0)
        fail<FileError>(path.string(), "a folder that can be written to",
                        std::generic_category().message(errno));
      if (::flock(handle_, LOCK_EX | LOCK_NB) != 0) {
        const int error = errno;
        ::close(handle_);
        fail<FileError>(path.string(), "one run that writes to it",
                        error == EWOULDBLOCK ? "another one that does, here or elsewhere"
                                             : std::generic_category().message(error));
      }
      if (is_there()) return;
      ::close(handle_);  // the one before has removed it just now: once more
    }
#endif
  }
  ~FileLock() {
#ifdef ESPALIER_HAS_FLOCK
    ::unlink(name_.c_str());
    ::close(handle_);
#endif
  }
  FileLock(const FileLock&) = delete;
  FileLock& operator=(const FileLock&) = delete;

 private:
#ifdef ESPALIER_HAS_FLOCK
  /// Is what is locked still the file of that name?
  bool is_there() const {
    struct stat own {
    }, named{};
    return ::fstat(handle_, &own) == 0 && ::stat(name_.c_str(), &named) == 0 && own.st_ino == named.st_ino &&
           own.st_dev == named.st_dev;
  }

  std::string name_;
  int handle_ = -1;
#endif
};

}  // namespace espalier::detail
