// SPDX-License-Identifier: MIT
// A whole file in memory, unpacked if it is gzip and the program includes espalier/data/gzip.hpp.
#pragma once

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <utility>

#include "espalier/core/error.hpp"

namespace espalier::detail {

inline bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

/// How many bytes one of gzip or ZIP data can unpack to, at most: 258 from two bits. What announces more is
/// refused, or no memory is set aside for it.
inline constexpr std::size_t best_deflate_ratio = 1032;

/// Unpacks gzip data that were read from `where`. Null unless a source file of the program includes
/// espalier/data/gzip.hpp, which sets it before `main`: programs without it do not need zlib.
inline std::string (*unpack)(std::string packed, std::string_view where) = nullptr;

/// Unpacks the deflated data of a member of a ZIP archive into `size` bytes; null without that header.
inline std::string (*inflate_member)(std::string packed, std::size_t size, std::string_view where) = nullptr;

/// A file to read. FileError if there is none or it cannot be read.
inline std::ifstream open_file(const std::filesystem::path& path) {
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
  return file;
}

/// `error` is errno where the system said why.
[[noreturn, gnu::cold]] inline void fail_to_write(const std::filesystem::path& path, int error) {
  fail<FileError>(path.string(), "a file that can be written",
                  std::generic_category().message(error ? error : EIO));
}

/// The size of an ordinary file; 0 for a pipe or a device, which does not know it.
inline std::size_t size_of_file(const std::filesystem::path& path) {
  std::error_code unknown;
  if (!std::filesystem::is_regular_file(path, unknown)) return 0;
  const auto size = std::filesystem::file_size(path, unknown);
  return unknown ? 0 : static_cast<std::size_t>(size);
}

/// All that follows in an open file. Of `expected` bytes no more memory is asked for than they need.
inline std::string read_rest(std::ifstream& file, std::size_t expected, std::string_view where) {
  constexpr std::size_t piece = std::size_t{1} << 18;
  std::string bytes(expected > 0 ? expected + 1 : piece,
                    '\0');  // with one more, the first read meets the end
  std::size_t end = 0;
  for (;;) {
    file.read(bytes.data() + end, static_cast<std::streamsize>(bytes.size() - end));
    end += static_cast<std::size_t>(file.gcount());
    if (!file) break;
    bytes.resize(bytes.size() + std::max(piece, bytes.size() / 2));
  }
  if (file.bad()) fail<FileError>(where, "a readable file", "a read error");
  bytes.resize(end);
  return bytes;
}

/// The bytes themselves, or what is in them if they are gzip.
inline std::string unpacked(std::string bytes, std::string_view where) {
  if (!is_gzip(bytes)) return bytes;
  if (!unpack)
    fail<FileError>(
        where,
        "an unpacked file, or a program with #include <espalier/data/gzip.hpp>, linked with zlib (-lz)",
        "gzip data");
  bytes = unpack(std::move(bytes), where);
  if (is_gzip(bytes)) fail<FileError>(where, "data that are packed once", "gzip data in gzip data");
  return bytes;
}

/// All bytes of a file as they are. FileError if it cannot be read.
inline std::string read_bytes(const std::filesystem::path& path) {
  std::ifstream file = open_file(path);
  return read_rest(file, size_of_file(path), path.string());
}

/// All bytes of a file, unpacked; gzip is known by its first bytes, not by the name. FileError if it cannot
/// be read, or is gzip that the program cannot unpack.
inline std::string read_file(const std::filesystem::path& path) {
  return unpacked(read_bytes(path), path.string());
}

}  // namespace espalier::detail
