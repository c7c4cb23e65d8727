// SPDX-License-Identifier: MIT
// What a system refuses to a program: a folder that others own, a disk that is full.
#pragma once

#include <sys/resource.h>
#include <unistd.h>

#include <csignal>
#include <cstdlib>
#include <filesystem>

#include "data/files.hpp"

/// While it lives the process may do no more than a user, also where the tests run as root.
class NotRoot {
 public:
  NotRoot() : changed_(::geteuid() == 0 && ::seteuid(nobody) == 0) {}
  NotRoot(const NotRoot&) = delete;
  NotRoot& operator=(const NotRoot&) = delete;
  ~NotRoot() {
    if (changed_ && ::seteuid(0) != 0) std::abort();
  }
  /// Root may write anywhere: then there is nothing to test, and a test says so.
  static bool is_possible() {
    const NotRoot user;
    return ::geteuid() != 0;
  }

 private:
  static constexpr uid_t nobody = 65534;
  bool changed_;
};

/// No file of more than `bytes` may be written while it lives: as on a full disk.
class LargestFile {
 public:
  explicit LargestFile(rlim_t bytes) : signal_(std::signal(SIGXFSZ, SIG_IGN)) {  // an error, not a signal
    getrlimit(RLIMIT_FSIZE, &old_);
    const rlimit less{bytes, old_.rlim_max};
    setrlimit(RLIMIT_FSIZE, &less);
  }
  LargestFile(const LargestFile&) = delete;
  LargestFile& operator=(const LargestFile&) = delete;
  ~LargestFile() {
    setrlimit(RLIMIT_FSIZE, &old_);
    std::signal(SIGXFSZ, signal_);
  }

 private:
  rlimit old_{};
  void (*signal_)(int);
};

/// A folder in which nobody may make or remove a file while it is closed. What is in it may be written to.
class ClosedFolder {
 public:
  ClosedFolder() { std::filesystem::create_directory(path_); }
  ClosedFolder(const ClosedFolder&) = delete;
  ClosedFolder& operator=(const ClosedFolder&) = delete;
  ~ClosedFolder() { open(); }

  std::filesystem::path operator/(std::string_view name) const { return path_ / name; }
  /// A file with this in it.
  std::filesystem::path write(std::string_view name, std::string_view bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
    std::filesystem::permissions(path_ / name, static_cast<std::filesystem::perms>(0666));
    return path_ / name;
  }
  void close() const { std::filesystem::permissions(path_, static_cast<std::filesystem::perms>(0555)); }
  void open() const { std::filesystem::permissions(path_, static_cast<std::filesystem::perms>(0777)); }
  long entries() const {
    return std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator());
  }

 private:
  TemporaryDirectory parent_;
  std::filesystem::path path_ = parent_ / "closed";
};
