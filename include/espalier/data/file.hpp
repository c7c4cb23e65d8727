// SPDX-License-Identifier: MIT
// A whole file in memory, unpacked if it is gzip and the program includes espalier/data/gzip.hpp.
#pragma once

#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>
#include <vector>

#include "espalier/core/error.hpp"

namespace espalier::detail {

inline bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

/// Unpacks gzip data that were read from `where`. Null unless a source file of the program includes
/// espalier/data/gzip.hpp, which sets it before `main`: programs without it do not need zlib.
inline std::string (*unpack)(std::string packed, std::string_view where) = nullptr;

/// All bytes of a file as they are. FileError if it cannot be read.
inline std::string read_bytes(const std::filesystem::path& path) {
  std::error_code ignored;
  if (std::filesystem::is_directory(path, ignored)) fail<FileError>(path.string(), "a file", "a directory");
  errno = 0;
  std::ifstream file(path, std::ios::binary);
  if (!file) {
    const int error = errno ? errno : EIO;
    fail<FileError>(path.string(), "a readable file",
                    error == ENOENT ? "none of that name"
                                    : detail::format_message("one that is not: {}",
                                                             {std::generic_category().message(error)}));
  }
  std::string bytes;
  std::vector<char> buffer(std::size_t{1} << 18);
  do {
    file.read(buffer.data(), static_cast<std::streamsize>(buffer.size()));
    bytes.append(buffer.data(), static_cast<std::size_t>(file.gcount()));
  } while (file);
  if (file.bad()) fail<FileError>(path.string(), "a readable file", "a read error");
  return bytes;
}

/// All bytes of a file, unpacked; gzip is known by its first bytes, not by the name. FileError if it cannot
/// be read, or is gzip that the program cannot unpack.
inline std::string read_file(const std::filesystem::path& path) {
  std::string bytes = read_bytes(path);
  if (!is_gzip(bytes)) return bytes;
  if (!unpack)
    fail<FileError>(
        path.string(),
        "an unpacked file, or a program with #include <espalier/data/gzip.hpp>, linked with zlib (-lz)",
        "gzip data");
  return unpack(std::move(bytes), path.string());
}

}  // namespace espalier::detail
