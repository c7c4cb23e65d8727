// SPDX-License-Identifier: MIT
// A file is written aside and takes the place of the old one when all of it is on the disk: at any moment
// there is either the old file or the new one.
#pragma once

#if __has_include(<unistd.h>)
#include <fcntl.h>
#include <unistd.h>
#endif

#include <atomic>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/data/file.hpp"

namespace espalier::detail {

/// An open file of the C library, closed at the end.
class OutputFile {
 public:
  /// `mode` as fopen has it; check is_open().
  OutputFile(const std::filesystem::path& path, const char* mode)
      : file_(std::fopen(path.string().c_str(), mode)) {}
  OutputFile(const OutputFile&) = delete;
  OutputFile& operator=(const OutputFile&) = delete;
  ~OutputFile() { close(); }

  bool is_open() const { return file_ != nullptr; }
  /// Writes the pieces one after another. False with errno set if that fails.
  bool write(std::span<const std::string_view> pieces) {
    for (const std::string_view piece : pieces)
      if (std::fwrite(piece.data(), 1, piece.size(), file_) != piece.size()) return false;
    return std::fflush(file_) == 0;
  }
  /// Until the disk has it.
  bool sync() {
#if __has_include(<unistd.h>)
    return ::fsync(::fileno(file_)) == 0;
#else
    return true;
#endif
  }
  bool close() {
    std::FILE* const file = file_;
    file_ = nullptr;
    return !file || std::fclose(file) == 0;
  }

 private:
  std::FILE* file_;
};

/// A new file beside `path`, which is removed unless it takes its place.
class FileAside {
 public:
  [[gnu::cold]] explicit FileAside(const std::filesystem::path& path) {
    constexpr std::size_t most = 200;  // of a name's 255 bytes: the rest is for what tells names apart
    const std::string stem = "." + path.filename().string().substr(0, most);
    for (int attempt = 0; attempt < 1000; ++attempt) {
      path_ = path.parent_path() / (stem + "." + std::to_string(process()) + "-" + std::to_string(next()));
      errno = 0;
      file_.emplace(path_, "wbx");
      if (file_->is_open()) return;
      if (errno != EEXIST) break;
    }
    fail_to_write(path, errno);
  }
  FileAside(const FileAside&) = delete;
  FileAside& operator=(const FileAside&) = delete;
  ~FileAside() {
    if (path_.empty()) return;
    file_->close();
    std::error_code ignored;
    std::filesystem::remove(path_, ignored);
  }

  OutputFile& file() { return *file_; }
  /// False with errno set if that fails.
  bool replace(const std::filesystem::path& path) {
    std::error_code error;
    if (const auto old = std::filesystem::status(path, error); std::filesystem::exists(old))
      std::filesystem::permissions(path_, old.permissions(), error);
    std::filesystem::rename(path_, path, error);
    errno = error.value();
    if (!error) path_.clear();
    return !error;
  }

 private:
  static long process() {
#if __has_include(<unistd.h>)
    return static_cast<long>(::getpid());
#else
    return 0;
#endif
  }
  static unsigned long next() {
    static std::atomic<unsigned long> last{0};
    return ++last;
  }

  std::filesystem::path path_;
  std::optional<OutputFile> file_;
};

/// Where a link leads, be something there or not; the path itself if it is no link. Of links that lead in a
/// circle, one of them.
inline std::filesystem::path end_of_links(std::filesystem::path path) {
  constexpr int most = 40;  // as the kernel follows
  std::error_code error;
  for (int k = 0; k < most && std::filesystem::is_symlink(path, error); ++k) {
    const std::filesystem::path target = std::filesystem::read_symlink(path, error);
    if (error) break;
    path = path.parent_path() / target;
  }
  return path;
}

/// The new name lasts too. Some file systems cannot do that: then nothing is lost but time.
inline void sync_folder([[maybe_unused]] const std::string& folder) {
#if __has_include(<unistd.h>)
  const int handle = ::open(folder.c_str(), O_RDONLY);
  if (handle < 0) return;
  ::fsync(handle);
  ::close(handle);
#endif
}

/// Replaces the file at `path` by these pieces, one after another; what a link points to, with the
/// permissions that it had. FileError if it cannot be written: the old file is as it was, and no other one is
/// left behind. Devices and pipes are written to.
[[gnu::cold]] inline void write_file(std::filesystem::path path, std::span<const std::string_view> pieces) {
  std::error_code ignored;
  path = end_of_links(std::move(path));
  if (std::filesystem::is_symlink(path, ignored)) fail_to_write(path, ELOOP);
  const auto status = std::filesystem::status(path, ignored);
  if (std::filesystem::is_directory(status) || !path.has_filename())
    fail<FileError>(path.string(), "a file", "a directory");
  errno = 0;
  if (std::filesystem::exists(status)) {
    const bool regular = std::filesystem::is_regular_file(status);
    OutputFile old(path, regular ? "r+b" : "wb");  // may it be written to? A renaming would not ask
    if (!old.is_open() || (!regular && !(old.write(pieces) && old.close()))) fail_to_write(path, errno);
    if (!regular) return;
  }
  const std::string folder = path.has_parent_path() ? path.parent_path().string() : ".";
  FileAside aside(path);
  if (!aside.file().write(pieces) || !aside.file().sync() || !aside.file().close() || !aside.replace(path))
    fail_to_write(path, errno);
  sync_folder(folder);  // nothing can fail any more
}
[[gnu::cold]] inline void write_file(const std::filesystem::path& path, std::string_view bytes) {
  write_file(path, std::span<const std::string_view>(&bytes, 1));
}

}  // namespace espalier::detail
