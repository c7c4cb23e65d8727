// SPDX-License-Identifier: MIT
// The bytes of a file as they are asked for, so that numbers come from the disk straight to where they stay.
#pragma once

#include <cstring>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "espalier/core/error.hpp"
#include "espalier/data/file.hpp"

namespace espalier::detail {

/// A file that is read in pieces, or bytes in memory, which gzip data are after unpacking, and what comes
/// from a pipe. Its size is known from the start, so that what a header promises can be compared with it.
class ByteSource {
 public:
  /// FileError if it cannot be read, or is gzip that the program cannot unpack.
  explicit ByteSource(const std::filesystem::path& path)
      : where_(path.string()), file_(open_file(path)), size_(size_of_file(path)) {
    std::string start(2, '\0');
    if (size_ > start.size()) {
      file_.read(start.data(), 2);
      seek(0);
    }
    if (size_ > start.size() && !is_gzip(start)) return;
    memory_ = unpacked(read_rest(file_, size_, where_), where_);
    size_ = memory_.size();
    in_memory_ = true;
  }
  ByteSource(std::string bytes, std::string where)
      : where_(std::move(where)), memory_(std::move(bytes)), in_memory_(true), size_(memory_.size()) {}

  const std::string& where() const { return where_; }
  std::size_t size() const { return size_; }
  std::size_t left() const { return size_ - at_; }

  /// Goes on from byte `at`, which is at most size().
  void seek(std::size_t at) {
    at_ = at;
    if (in_memory_) return;
    file_.clear();
    file_.seekg(static_cast<std::streamoff>(at));
  }

  /// The next `count` bytes. FileError if there are not so many, before anything is written; or if the file
  /// became shorter meanwhile.
  void read(char* to, std::size_t count) {
    if (count > left())
      fail<FileError>(where_, {"{} bytes from byte {} on", {count, at_}}, format_message("{}", {left()}));
    if (in_memory_) {
      std::memcpy(to, memory_.data() + at_, count);
    } else if (!file_.read(to, static_cast<std::streamsize>(count))) {
      fail<FileError>(where_, {"{} bytes from byte {} on", {count, at_}},
                      format_message("{} and a read error, or the file became shorter", {file_.gcount()}));
    }
    at_ += count;
  }

  /// The same as a string, which is not made if there are not so many.
  std::string take(std::size_t count) {
    std::string bytes(count <= left() ? count : 0, '\0');
    read(bytes.data(), count);
    return bytes;
  }

 private:
  std::string where_;
  std::ifstream file_;
  std::string memory_;
  bool in_memory_ = false;
  std::size_t size_ = 0, at_ = 0;
};

}  // namespace espalier::detail
