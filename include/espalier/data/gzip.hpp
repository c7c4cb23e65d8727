// SPDX-License-Identifier: MIT
// A whole file in memory, unpacked if it is gzip. With <zlib.h> on the include path, programs that read data
// link zlib (-lz).
#pragma once

#if __has_include(<zlib.h>)
#include <zlib.h>
#endif

#include <algorithm>
#include <cerrno>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <system_error>
#include <vector>

#include "espalier/core/error.hpp"

namespace espalier::detail {

inline bool is_gzip(std::string_view bytes) { return bytes.substr(0, 2) == "\x1f\x8b"; }

#if __has_include(<zlib.h>)
inline constexpr bool has_zlib = true;

struct Inflater {
  z_stream stream{};

  Inflater() {
    constexpr int gzip_only = 15 + 16;  // the largest window, and no other wrapper than gzip's
    if (inflateInit2(&stream, gzip_only) != Z_OK) throw Error("gzip: zlib could not start");
  }
  Inflater(const Inflater&) = delete;
  Inflater& operator=(const Inflater&) = delete;
  ~Inflater() { inflateEnd(&stream); }
};

/// The contents of all members, one after another, as gzip itself does it. FileError if they are truncated or
/// corrupt, or if anything else follows. (`packed` is not const because zlib's input is not.)
inline std::string gunzip(std::string packed, std::string_view where) {
  constexpr std::size_t piece = std::size_t{1} << 18;
  Inflater inflater;
  z_stream& stream = inflater.stream;
  std::string unpacked;
  std::vector<char> buffer(piece);
  for (std::size_t fed = 0;;) {
    if (stream.avail_in == 0) {
      stream.next_in = reinterpret_cast<Bytef*>(packed.data() + fed);
      stream.avail_in = static_cast<uInt>(std::min(piece, packed.size() - fed));
      fed += stream.avail_in;
    }
    stream.next_out = reinterpret_cast<Bytef*>(buffer.data());
    stream.avail_out = static_cast<uInt>(piece);
    const int status = inflate(&stream, Z_NO_FLUSH);
    unpacked.append(buffer.data(), piece - stream.avail_out);
    const std::size_t used = fed - stream.avail_in;
    if (status == Z_STREAM_END) {
      if (used == packed.size()) return unpacked;
      if (!is_gzip(std::string_view(packed).substr(used)))
        fail<FileError>(where, "nothing after the gzip data",
                        detail::format_message("{} bytes", {packed.size() - used}));
      inflateReset(&stream);
    } else if (status == Z_BUF_ERROR) {
      fail<FileError>(where, "complete gzip data",
                      detail::format_message("their end after {} bytes", {packed.size()}));
    } else if (status != Z_OK) {
      fail<FileError>(
          where, "intact gzip data",
          detail::format_message("'{}' near byte {}", {stream.msg ? stream.msg : "unknown error", used}));
    }
  }
}
#else
inline constexpr bool has_zlib = false;

inline std::string gunzip(const std::string&, std::string_view where) {
  fail<FileError>(
      where, "an unpacked file, as the program was built without zlib (install zlib1g-dev or zlib-devel)",
      "gzip data");
}
#endif

/// All bytes of a file; gzip is known by its first bytes, not by the name. FileError if it cannot be read.
inline std::string read_file(const std::filesystem::path& path) {
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
  return is_gzip(bytes) ? gunzip(std::move(bytes), path.string()) : bytes;
}

}  // namespace espalier::detail
