// SPDX-License-Identifier: MIT
// Gzip for all that reads files: a program that includes this header in one of its source files reads
// compressed CSV, IDX and NPY too, and links zlib (-lz).
#pragma once

#include <zlib.h>

#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "espalier/core/error.hpp"
#include "espalier/data/file.hpp"

namespace espalier::detail {

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

/// Registers gunzip before `main`.
inline const bool unpacks_gzip = (unpack = gunzip, true);

}  // namespace espalier::detail
